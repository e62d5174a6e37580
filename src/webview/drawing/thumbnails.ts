import type { HeadSummary } from '../../protocol/attention';

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

/** A window of so many tokens in cells of a thumbnail of n tokens: those that hold a cell in sight. */
export function thumbnailWindow(
  window: number | null | undefined,
  n: number,
  size: number,
): number {
  return window ? Math.ceil(((window - 1) * size) / n) + 1 : Infinity;
}

/** One head's thumbnail as weights, as shares of its peak: [size, size]. */
export function thumbnailWeights({ thumbnails, size }: HeadSummary, head: number): Float32Array {
  const bytes = thumbnails.subarray(head * size * size, (head + 1) * size * size);
  return Float32Array.from(bytes, (byte) => (byte / 255) ** 2);
}
