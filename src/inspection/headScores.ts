import type { HeadScores } from '../protocol/attention';

/** For each position the last one before it with the same token; −1 where there is none. */
export function earlierOccurrences(ids: readonly number[]): Int32Array {
  const last = new Map<number, number>();
  return Int32Array.from(ids, (id, position) => {
    const before = last.get(id) ?? -1;
    last.set(id, position);
    return before;
  });
}

/**
 * How much a head is of each kind; `HeadScores` says how each is defined.
 *
 * @param earlier as `earlierOccurrences` gives it.
 */
export function headScores(
  pattern: Float32Array, // [queryPos, keyPos]
  earlier: Int32Array, // [n]
): HeadScores {
  const n = earlier.length;
  let entropy = 0;
  let previous = 0;
  let first = 0;
  let same = 0;
  let followers = 0;
  let repeated = 0;
  for (let query = 0; query < n; query++) {
    const row = pattern.subarray(query * n, query * n + query + 1);
    for (const weight of row) if (weight > 0) entropy -= weight * Math.log(weight);
    if (query > 0) {
      previous += row[query - 1]!;
      first += row[0]!;
    }
    if (earlier[query]! >= 0) repeated++;
    for (let key = earlier[query]!; key >= 0; key = earlier[key]!) {
      same += row[key]!;
      followers += row[key + 1]!;
    }
  }
  const mean = (sum: number, rows: number) => (rows > 0 ? sum / rows : null);
  return {
    entropy: entropy / n,
    previousToken: mean(previous, n - 1),
    firstToken: mean(first, n - 1),
    sameToken: mean(same, repeated),
    induction: mean(followers, repeated),
  };
}
