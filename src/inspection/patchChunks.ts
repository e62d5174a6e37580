/**
 * Rows of the residual stream that a block is given at once while cells of a patching map are run:
 * fewer leave the cores waiting, more only keep a person waiting (`npm run bench -- patching`).
 */
export const rowsPerCall = 256;

/** Positions that are patched in one go, from `from` to before `to`. */
export interface PatchChunk {
  from: number;
  to: number;
}

/**
 * Cuts the positions of a layer into chunks that take about the same time. What lies before a patched
 * position is not run again, so that the chunks grow towards the end of the text.
 *
 * @param n tokens of the text.
 * @param first position at which the two texts differ: up to there a patch changes nothing.
 */
export function patchChunks(n: number, first: number): PatchChunk[] {
  const chunks: PatchChunk[] = first > 0 ? [{ from: 0, to: first }] : [];
  for (let from = first; from < n;) {
    const cells = Math.max(1, Math.round(rowsPerCall / (n - from)));
    const to = Math.min(n, from + cells);
    chunks.push({ from, to });
    from = to;
  }
  return chunks;
}
