import type { CellPlace } from '../drawing/cellMapLayout';

/** Where a key takes the cursor of a map; null where the key means nothing. */
export function cellStep(
  { row, column }: CellPlace,
  pressed: string,
  rows: number,
  columns: number,
): CellPlace | null {
  const to = (newRow: number, newColumn: number): CellPlace => ({
    row: Math.max(0, Math.min(rows - 1, newRow)),
    column: Math.max(0, Math.min(columns - 1, newColumn)),
  });
  switch (pressed) {
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'PageUp':
      return to(0, column);
    case 'PageDown':
      return to(rows - 1, column);
    case 'Home':
      return to(row, 0);
    case 'End':
      return to(row, columns - 1);
    default:
      return null;
  }
}
