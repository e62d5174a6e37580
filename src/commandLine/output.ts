import type { Token } from '../protocol/inspection';

/** As much of each token as tells what a row or a column is about. */
export function namedTokens(tokens: readonly Token[]) {
  return tokens.map(({ id, text }, index) => ({ index, id, text }));
}

/** A matrix that lies row after row, as lists: [rows][columns]. */
export function matrix(
  data: Float32Array | Float64Array,
  rows: number,
  columns: number,
): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns)),
  );
}
