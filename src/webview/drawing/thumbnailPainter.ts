import type { HeadSummary } from '../../protocol/attention';
import { heatImage } from './heatPainter';
import { heatScale } from './heatScale';
import { visibleWeights, wholeView } from './heatView';
import type { Theme } from './theme';
import { type GridLayout, thumbnailWeights } from './thumbnails';
import type { WeightScale } from './weightScale';

/** Draws the thumbnails of a layer side by side, at the exact pixels of the screen. */
export function paintThumbnails(
  canvas: HTMLCanvasElement,
  summary: HeadSummary,
  { cell, gap }: GridLayout,
  logarithmic: boolean,
  theme: Theme,
  ratio: number,
  /** Of the layer, in cells of a thumbnail. */
  window: number,
): void {
  const heads = summary.scores.length;
  const side = Math.round(cell * ratio);
  const step = Math.round((cell + gap) * ratio);
  canvas.width = heads * step;
  canvas.height = side;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  const { size } = summary;
  const pixels = Math.min(size, side);
  const one = document.createElement('canvas');
  one.width = one.height = pixels;
  const ramp = heatScale(theme);
  // The first token, where it is hidden, is no part of the thumbnail's weights.
  const scale: WeightScale = { peak: 1, logarithmic, firstKey: 0, window };
  for (let head = 0; head < heads; head++) {
    const weights = thumbnailWeights(summary, head);
    const visible = visibleWeights(weights, size, wholeView(size), pixels, 0, window);
    one.getContext('2d')!.putImageData(heatImage(visible, pixels, scale, ramp), 0, 0);
    context.drawImage(one, head * step, 0, side, side);
  }
}
