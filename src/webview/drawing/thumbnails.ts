import type { HeadSummary } from '../../protocol/attention';
import { heatImage } from './heatPainter';
import { heatScale } from './heatScale';
import { visibleWeights, wholeView } from './heatView';
import type { Theme } from './theme';
import type { WeightScale } from './weightScale';

/** Lengths in CSS pixels. */
export interface GridLayout {
  /** Side of a thumbnail. */
  cell: number;
  gap: number;
}

/** Room for the layers' names, in CSS pixels. */
export const gridLabelWidth = 24;
const smallestCell = 12;
const largestCell = 52;

/** As many thumbnails side by side as fit into `width`; smaller than the smallest they scroll. */
export function gridLayout(width: number, columns: number, ratio: number): GridLayout {
  const whole = (length: number) => Math.floor(length * ratio) / ratio;
  const gap = whole(width / columns < 20 ? 1 : 3);
  const room = (width - gap * (columns - 1)) / columns;
  const cell = Math.max(smallestCell, Math.min(largestCell, room));
  return { cell: whole(cell), gap };
}

/** More room than this a grid does not use, in CSS pixels. */
export function gridRoom(columns: number): number {
  return gridLabelWidth + columns * (largestCell + 3) + 2;
}

/** One head's thumbnail as weights, as shares of its peak: [size, size]. */
export function thumbnailWeights({ thumbnails, size }: HeadSummary, head: number): Float32Array {
  const bytes = thumbnails.subarray(head * size * size, (head + 1) * size * size);
  return Float32Array.from(bytes, (byte) => (byte / 255) ** 2);
}

/** Draws the thumbnails of a layer side by side, at the exact pixels of the screen. */
export function paintThumbnails(
  canvas: HTMLCanvasElement,
  summary: HeadSummary,
  { cell, gap }: GridLayout,
  logarithmic: boolean,
  theme: Theme,
  ratio: number,
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
  const scale: WeightScale = { peak: 1, logarithmic, firstKey: 0 };
  for (let head = 0; head < heads; head++) {
    const weights = thumbnailWeights(summary, head);
    const visible = visibleWeights(weights, size, wholeView(size), pixels);
    one.getContext('2d')!.putImageData(heatImage(visible, pixels, scale, ramp), 0, 0);
    context.drawImage(one, head * step, 0, side, side);
  }
}
