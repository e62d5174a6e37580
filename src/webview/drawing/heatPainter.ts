import { cssColor, type Rgb } from './color';
import { elide } from './elide';
import type { HeatLayout } from './heatLayout';
import { shades } from './heatScale';
import type { HeatView } from './heatView';
import type { Theme } from './theme';
import { weightPosition, type WeightScale } from './weightScale';

export interface HeatMarks {
  /** The row that is the current position. */
  query: number | null;
  crosshair: { query: number; key: number } | null;
}

/** Weights as pixels: NaN is what cannot be seen, and stays clear. */
export function heatImage(
  weights: Float32Array,
  pixels: number,
  scale: WeightScale,
  ramp: Uint8ClampedArray,
): ImageData {
  const image = new ImageData(pixels, pixels);
  const colors = new Uint32Array(ramp.buffer, ramp.byteOffset, shades);
  const target = new Uint32Array(image.data.buffer);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    if (weight === weight) {
      target[i] = colors[(weightPosition(scale, weight) * (shades - 1) + 0.5) | 0]!;
    }
  }
  return image;
}

/** Draws the plot, its labels and marks. `context` is scaled to CSS pixels. */
export function paintHeatMap(
  context: CanvasRenderingContext2D,
  image: CanvasImageSource,
  layout: HeatLayout,
  view: HeatView,
  theme: Theme,
  marks: HeatMarks,
  label: (index: number) => string,
): void {
  const { left, top, plot } = layout;
  context.clearRect(0, 0, left + plot + 1, top + plot + 1);
  context.imageSmoothingEnabled = false;
  context.drawImage(image, left, top, plot, plot);
  paintLabels(context, layout, view, theme, marks, label);
  if (marks.query !== null) paintRow(context, layout, view, theme, marks.query);
  if (marks.crosshair) paintCrosshair(context, layout, view, theme, marks.crosshair);
}

function paintLabels(
  context: CanvasRenderingContext2D,
  { left, top, cell, step, labels, plot }: HeatLayout,
  view: HeatView,
  theme: Theme,
  marks: HeatMarks,
  label: (index: number) => string,
): void {
  const size = labels === 'tokens' ? 11 : 10;
  context.font = `${size}px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const text = (index: number) => (labels === 'tokens' ? label(index) : String(index));
  const room = left - 7;

  const write = (index: number, first: number, marked: boolean, row: boolean) => {
    const at = (index - first + 0.5) * cell;
    if (at < 0 || at > plot) return;
    context.fillStyle = cssColor(marked ? theme.foreground : theme.muted);
    context.save();
    if (row) {
      context.translate(left - 5, top + at);
      context.fillText(elide(context, text(index), room), 0, 0);
    } else if (labels === 'indexes') {
      const half = context.measureText(text(index)).width / 2;
      context.textAlign = 'center';
      context.fillText(text(index), Math.min(left + at, left + plot - half), top - 9);
    } else {
      // Upwards from the plot's edge.
      context.translate(left + at, top - 5);
      context.rotate(-Math.PI / 2);
      context.textAlign = 'left';
      context.fillText(elide(context, text(index), room), 0, 0);
    }
    context.restore();
  };
  // A marked token's label takes the place of the regular ones that it would touch.
  const markedQuery = marks.crosshair?.query ?? marks.query;
  const markedKey = marks.crosshair?.key ?? null;
  const apart = labels === 'tokens' ? 0 : 24 / cell;
  for (let i = 0; i < view.span; i++) {
    const query = view.query + i;
    const key = view.key + i;
    const clear = (index: number, marked: number | null) =>
      marked === null || (index !== marked && Math.abs(index - marked) >= apart);
    if (query % step === 0 && clear(query, markedQuery)) write(query, view.query, false, true);
    if (key % step === 0 && clear(key, markedKey)) write(key, view.key, false, false);
  }
  if (markedQuery !== null) write(markedQuery, view.query, true, true);
  if (markedKey !== null) write(markedKey, view.key, true, false);
}

/** The current position's row, as far as it can see. */
function paintRow(
  context: CanvasRenderingContext2D,
  { left, top, plot, cell }: HeatLayout,
  view: HeatView,
  theme: Theme,
  query: number,
): void {
  const y = (query - view.query) * cell;
  const width = Math.min(plot, (query + 1 - view.key) * cell);
  if (y < 0 || y >= plot || width <= 0) return;
  // Around a row too thin to hold a frame, the frame keeps clear of it.
  const height = cell >= 5 ? cell : cell + 4;
  const middle = top + y + cell / 2;
  frame(context, left, middle - height / 2, width, height, theme.focus, theme.background);
}

function paintCrosshair(
  context: CanvasRenderingContext2D,
  { left, top, plot, cell }: HeatLayout,
  view: HeatView,
  theme: Theme,
  { query, key }: { query: number; key: number },
): void {
  const x = (key - view.key + 0.5) * cell;
  const y = (query - view.query + 0.5) * cell;
  if (x < 0 || y < 0 || x > plot || y > plot) return;
  const side = Math.max(cell, 5);
  context.fillStyle = cssColor(theme.foreground);
  context.globalAlpha = 0.45;
  context.fillRect(left - 3, top + Math.floor(y), Math.max(0, x - side / 2 + 3), 1);
  context.fillRect(left + Math.floor(x), top - 3, 1, Math.max(0, y - side / 2 + 3));
  context.globalAlpha = 1;
  frame(
    context,
    left + x - side / 2,
    top + y - side / 2,
    side,
    side,
    theme.foreground,
    theme.background,
  );
}

/** A line with a thin one of the opposite colour inside: seen on every shade. */
function frame(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  outer: Rgb,
  inner: Rgb,
): void {
  context.lineWidth = height < 8 ? 1 : 1.5;
  context.strokeStyle = cssColor(outer);
  context.strokeRect(x, y, width, height);
  if (width < 8 || height < 8) return;
  context.lineWidth = 1;
  context.strokeStyle = cssColor(inner);
  context.strokeRect(x + 1.25, y + 1.25, width - 2.5, height - 2.5);
}
