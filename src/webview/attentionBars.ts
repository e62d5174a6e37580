/**
 * Attention from a token (its row) or to it (its column), by position, as shares of the largest;
 * 0 where one does not see the other, and for keys before `firstKey`.
 */
export function attentionBars(
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  position: number,
  side: 'from' | 'to',
  firstKey: number,
): { shares: Float32Array; most: number } {
  const shares = new Float32Array(n);
  if (side === 'from') {
    for (let key = firstKey; key <= position; key++) shares[key] = pattern[position * n + key]!;
  } else if (position >= firstKey) {
    for (let query = position; query < n; query++) shares[query] = pattern[query * n + position]!;
  }
  const most = shares.reduce((a, b) => Math.max(a, b), 0);
  if (most > 0) for (let i = 0; i < n; i++) shares[i]! /= most;
  return { shares, most };
}
