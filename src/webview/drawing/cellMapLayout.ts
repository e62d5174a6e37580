import { labelStep } from './heatView';

export interface CellPlace {
  row: number;
  column: number;
}

/** Lengths in CSS pixels. */
export interface CellMapLayout {
  /** Room for the labels of rows (left) and columns (above). */
  left: number;
  top: number;
  cellWidth: number;
  cellHeight: number;
  /** Of all columns, and what of it fits beside the labels. */
  contentWidth: number;
  viewWidth: number;
  height: number;
  /** Every how many columns there is a label. */
  columnStep: number;
  /** Column labels stand upright where there is no room for them across. */
  upright: boolean;
}

export interface CellMapSize {
  width: number;
  rows: number;
  columns: number;
  /** Widest label, measured. */
  rowLabelWidth: number;
  columnLabelWidth: number;
  /** Cells hold text. */
  texts: boolean;
}

const line = 14;
const rowHeight = 20;
const textCell = 64;
const narrowestCell = 7;
const widestCell = 40;
const mostUpright = 92;

/** Lays out a map so that all columns fit where they can be told apart; else it scrolls. */
export function cellMapLayout(size: CellMapSize): CellMapLayout {
  const { width, rows, columns, rowLabelWidth, columnLabelWidth, texts } = size;
  const left = Math.ceil(Math.min(Math.max(rowLabelWidth + 10, 28), width * 0.34));
  const room = Math.max(40, width - left);
  const least = texts ? textCell : narrowestCell;
  const most = texts ? 120 : widestCell;
  const share = columns > 0 ? room / columns : room;
  const cellWidth = Math.floor(Math.max(least, Math.min(most, share)) * 4) / 4;
  const across = cellWidth >= Math.min(columnLabelWidth + 6, 56);
  const columnStep = across ? 1 : labelStep(cellWidth, line);
  const top = across ? line + 6 : Math.ceil(Math.min(columnLabelWidth, mostUpright)) + 8;
  const contentWidth = columns * cellWidth;
  return {
    left,
    top,
    cellWidth,
    cellHeight: rowHeight,
    contentWidth,
    viewWidth: Math.min(room, contentWidth),
    height: top + rows * rowHeight + 1,
    columnStep,
    upright: !across,
  };
}
