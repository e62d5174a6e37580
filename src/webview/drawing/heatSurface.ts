import { heatLayout, type HeatLayout } from './heatLayout';
import { heatImage, type HeatMarks, paintHeatMap } from './heatPainter';
import { heatScale } from './heatScale';
import { type HeatView, visibleWeights } from './heatView';
import type { Theme } from './theme';
import type { WeightScale } from './weightScale';

/** What a heat map shows. */
export interface HeatContent {
  pattern: Float32Array | null; // [queryPos, keyPos]
  labels: readonly string[];
  view: HeatView;
  scale: WeightScale;
  theme: Theme;
}

/** Labels that are measured for the room that they need. */
const measuredLabels = 64;

/**
 * A canvas that holds a heat map, at the exact pixels of the screen. The weights are turned into an
 * image once for each view; marks are drawn over it as often as they move.
 */
export class HeatSurface {
  /** Null until something was drawn. */
  layout: HeatLayout | null = null;
  private readonly image = document.createElement('canvas');

  /** Lays out and draws everything, into `width` CSS pixels of `canvas`. */
  draw(canvas: HTMLCanvasElement, width: number, content: HeatContent, marks: HeatMarks): void {
    const { pattern, labels, view, scale, theme } = content;
    const ratio = devicePixelRatio;
    const context = canvas.getContext('2d')!;
    context.font = `11px ${theme.font}`;
    const longest = labels
      .slice(0, measuredLabels)
      .reduce((most, label) => Math.max(most, context.measureText(label).width), 0);
    const layout = heatLayout(width, view.span, longest, ratio);
    this.layout = layout;
    fit(canvas, layout, ratio);
    const { pixels } = layout;
    this.image.width = this.image.height = pixels;
    const n = labels.length;
    // Until the pattern is there, the plot is empty and has its place.
    if (pattern?.length === n * n) {
      const weights = visibleWeights(pattern, n, view, pixels, scale.firstKey, scale.window);
      const image = heatImage(weights, pixels, scale, heatScale(theme));
      this.image.getContext('2d')!.putImageData(image, 0, 0);
    }
    this.drawMarks(canvas, content, marks);
  }

  /** Draws what is there again, with other marks. */
  drawMarks(canvas: HTMLCanvasElement, content: HeatContent, marks: HeatMarks): void {
    if (!this.layout) return;
    const { labels, view, theme } = content;
    const context = canvas.getContext('2d')!;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const label = (index: number) => labels[index] ?? '';
    paintHeatMap(context, this.image, this.layout, view, theme, marks, label);
  }
}

function fit(canvas: HTMLCanvasElement, { left, top, plot }: HeatLayout, ratio: number): void {
  const width = Math.ceil((left + plot + 1) * ratio);
  const height = Math.ceil((top + plot + 1) * ratio);
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${width / ratio}px`;
  canvas.style.height = `${height / ratio}px`;
}
