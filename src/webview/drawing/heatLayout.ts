import { labelStep } from './heatView';

/** Lengths in CSS pixels, all whole device pixels. */
export interface HeatLayout {
  /** Room for the labels, left of the plot and above it. */
  left: number;
  top: number;
  /** Side of the plot. */
  plot: number;
  /** Side of a cell; below one device pixel where cells are aggregated. */
  cell: number;
  /** Every how many tokens there is a label. */
  step: number;
  /** Labels are tokens where each has room, else their indexes. */
  labels: 'tokens' | 'indexes';
  /** Side of the image of weights: cells, or device pixels where there are fewer of them. */
  pixels: number;
}

/** Room that a line of labels takes. */
export const labelRoom = 12;
const largestCell = 34;
const largestPlot = 620;

/**
 * Lays out a heat map of `span × span` cells in `width`. `labelWidth` is the width of the longest
 * token label, `ratio` the device pixel ratio.
 */
export function heatLayout(
  width: number,
  span: number,
  labelWidth: number,
  ratio: number,
): HeatLayout {
  const whole = (length: number) => Math.floor(length * ratio) / ratio;
  const indexRoom = whole(34);
  const tokenRoom = whole(Math.min(Math.max(labelWidth, 20) + 10, Math.max(48, width * 0.27)));
  const fits = (room: number) => Math.min(largestPlot, width - room - 1, span * largestCell);

  const tokens = fits(tokenRoom) / span >= labelRoom;
  const room = tokens ? tokenRoom : indexRoom;
  const available = Math.max(span > 0 ? 1 : 0, Math.floor(fits(room) * ratio));
  // Cells of a few device pixels and more are all alike; finer ones share the plot out.
  const even = Math.floor(available / span);
  const device = even >= 4 ? even * span : available;
  const plot = device / ratio;
  const cell = plot / span;
  return {
    left: room,
    // Indexes are written across, tokens upwards.
    top: tokens ? room : whole(18),
    plot,
    cell,
    step: tokens ? 1 : labelStep(cell, 26),
    labels: tokens ? 'tokens' : 'indexes',
    pixels: Math.min(span, device),
  };
}
