/** Null is a value that is not there. */
export type TableCell = string | number | null;

/** Rows as CSV (RFC 4180). */
export function csv(rows: readonly (readonly TableCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: TableCell): string {
  if (cell === null) return '';
  const text = String(cell);
  // A hash at the beginning of a line would be taken for a comment.
  return /[",\r\n#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
