import { type CellScale, cellColor, cellInk, cellPosition, type Domain } from './cellScale';
import type { CellMapLayout, CellPlace } from './cellMapLayout';
import { cssColor } from './color';
import { elide } from './elide';
import { isHighContrast, type Theme } from './theme';

/** What a map shows. NaN is a value that is not there yet. */
export interface CellMapContent {
  rows: readonly string[];
  columns: readonly string[];
  values: Float32Array; // [rows, columns]
  texts: readonly string[] | null; // [rows, columns]
  scale: CellScale;
  domain: Domain;
  theme: Theme;
}

export interface CellMapMarks {
  /** Row and column that are chosen elsewhere, such as the current token. */
  row: number | null;
  column: number | null;
  cursor: CellPlace | null;
}

/** Draws the part of a map that is scrolled to. `context` is scaled to CSS pixels. */
export function paintCellMap(
  context: CanvasRenderingContext2D,
  layout: CellMapLayout,
  content: CellMapContent,
  marks: CellMapMarks,
  scrolled: number,
): void {
  const { left, top, cellWidth, cellHeight, viewWidth, height } = layout;
  const { rows, columns, theme } = content;
  context.clearRect(0, 0, left + viewWidth + 1, height);
  const first = Math.floor(scrolled / cellWidth);
  const last = Math.min(columns.length, Math.ceil((scrolled + viewWidth) / cellWidth));

  context.save();
  context.beginPath();
  context.rect(left, 0, viewWidth + 1, height);
  context.clip();
  for (let row = 0; row < rows.length; row++) {
    for (let column = first; column < last; column++) {
      const x = left + column * cellWidth - scrolled;
      paintCell(context, layout, content, row, column, x, top + row * cellHeight);
    }
  }
  paintColumnLabels(context, layout, content, marks, scrolled, first, last);
  const frame = (x: number, y: number, width: number, tall: number, color: string) => {
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.strokeRect(x + 0.75, y + 0.75, width - 1.5, tall - 1.5);
  };
  const focus = cssColor(theme.focus);
  if (marks.column !== null && marks.column < columns.length) {
    const x = left + marks.column * cellWidth - scrolled;
    frame(x, top, cellWidth, rows.length * cellHeight, focus);
  }
  if (marks.row !== null && marks.row < rows.length) {
    const width = Math.min(viewWidth, layout.contentWidth);
    frame(left, top + marks.row * cellHeight, width, cellHeight, focus);
  }
  if (marks.cursor) {
    const x = left + marks.cursor.column * cellWidth - scrolled;
    const y = top + marks.cursor.row * cellHeight;
    frame(x, y, cellWidth, cellHeight, cssColor(theme.foreground));
    context.strokeStyle = cssColor(theme.background);
    context.lineWidth = 1;
    if (cellWidth > 6) context.strokeRect(x + 2, y + 2, cellWidth - 4, cellHeight - 4);
  }
  context.restore();
  paintRowLabels(context, layout, content, marks);
}

function paintCell(
  context: CanvasRenderingContext2D,
  { cellWidth, cellHeight }: CellMapLayout,
  { values, texts, columns, scale, domain, theme }: CellMapContent,
  row: number,
  column: number,
  x: number,
  y: number,
): void {
  const at = row * columns.length + column;
  const value = values[at]!;
  const gap = cellWidth >= 10 ? 1 : 0;
  const width = cellWidth - gap;
  const tall = cellHeight - 1;
  if (value !== value) {
    context.fillStyle = cssColor(theme.muted);
    context.globalAlpha = 0.35;
    context.fillRect(x + cellWidth / 2 - 1, y + cellHeight / 2 - 1, 2, 2);
    context.globalAlpha = 1;
    return;
  }
  const position = cellPosition(scale, domain, value);
  const color = cellColor(theme, scale, position);
  context.fillStyle = cssColor(color);
  context.fillRect(x, y, width, tall);
  if (isHighContrast(theme.kind) && scale === 'diverging' && Math.abs(position) > 0.25) {
    // A sign that does not rely on colour.
    context.strokeStyle = cssColor(cellInk(theme, color));
    context.lineWidth = 1;
    const middle = y + tall / 2;
    context.beginPath();
    context.moveTo(x + width / 2 - 3, middle);
    context.lineTo(x + width / 2 + 3, middle);
    if (position > 0) {
      context.moveTo(x + width / 2, middle - 3);
      context.lineTo(x + width / 2, middle + 3);
    }
    if (texts === null) context.stroke();
  }
  const text = texts?.[at];
  if (text) {
    context.fillStyle = cssColor(cellInk(theme, color));
    context.font = `11px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(elide(context, text, width - 6), x + width / 2, y + tall / 2 + 0.5);
  }
}

function paintColumnLabels(
  context: CanvasRenderingContext2D,
  { left, top, cellWidth, columnStep, upright }: CellMapLayout,
  { columns, theme }: CellMapContent,
  marks: CellMapMarks,
  scrolled: number,
  first: number,
  last: number,
): void {
  context.font = `10.5px ${theme.font}`;
  context.textBaseline = 'middle';
  const marked = marks.cursor?.column ?? marks.column;
  const apart = upright ? Math.ceil(12 / cellWidth) : 1;
  for (let column = first; column < last; column++) {
    const isMarked = column === marked;
    const covered = marked !== null && !isMarked && Math.abs(column - marked) < apart;
    if ((column % columnStep !== 0 || covered) && !isMarked) continue;
    const x = left + (column + 0.5) * cellWidth - scrolled;
    context.fillStyle = cssColor(isMarked ? theme.foreground : theme.muted);
    context.save();
    if (upright) {
      context.translate(x, top - 4);
      context.rotate(-Math.PI / 2);
      context.textAlign = 'left';
      context.fillText(elide(context, columns[column]!, top - 8), 0, 0);
    } else {
      context.textAlign = 'center';
      context.fillText(elide(context, columns[column]!, cellWidth - 4), x, top - 10);
    }
    context.restore();
  }
}

function paintRowLabels(
  context: CanvasRenderingContext2D,
  { left, top, cellHeight }: CellMapLayout,
  { rows, theme }: CellMapContent,
  marks: CellMapMarks,
): void {
  context.font = `10.5px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const marked = marks.cursor?.row ?? marks.row;
  for (const [row, label] of rows.entries()) {
    context.fillStyle = cssColor(row === marked ? theme.foreground : theme.muted);
    const y = top + (row + 0.5) * cellHeight - 0.5;
    context.fillText(elide(context, label, left - 8), left - 6, y);
  }
}
