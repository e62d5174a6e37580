/** A stretch of two token sequences: the same in both, or what stands in one in place of the other. */
export interface AlignedStretch {
  /** `changed`: tokens of `a` stand in the place of tokens of `b`; either may be none. */
  kind: 'same' | 'changed';
  a: { start: number; end: number };
  b: { start: number; end: number };
}

/**
 * Aligns two sequences by a longest common subsequence (Wagner and Fischer, Journal of the ACM 1974).
 * Common beginnings and ends cost nothing; what lies between them a step and two bytes for each pair of
 * tokens, milliseconds at the length of a context.
 *
 * @returns stretches in order that together cover both sequences; kinds alternate.
 */
export function alignTokens(a: readonly number[], b: readonly number[]): AlignedStretch[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const pairs: [number, number][] = [];
  for (let i = 0; i < start; i++) pairs.push([i, i]);
  for (const [i, j] of commonTokens(a.slice(start, endA), b.slice(start, endB))) {
    pairs.push([start + i, start + j]);
  }
  for (let i = endA; i < a.length; i++) pairs.push([i, i - endA + endB]);
  return stretches(pairs, a.length, b.length);
}

/** The pairs of equal tokens of a longest common subsequence, in order. */
function commonTokens(a: readonly number[], b: readonly number[]): [number, number][] {
  const columns = b.length + 1;
  // How much the rest of `a` from i and the rest of `b` from j have in common.
  const common = new Uint16Array((a.length + 1) * columns); // [i, j]
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = (i + 1) * columns + j;
      common[i * columns + j] =
        a[i] === b[j]
          ? common[below + 1]! + 1
          : Math.max(common[below]!, common[i * columns + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (common[(i + 1) * columns + j]! >= common[i * columns + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

/** What pairs of equal tokens say about the stretches between them. */
function stretches(
  pairs: readonly (readonly [number, number])[],
  lengthA: number,
  lengthB: number,
): AlignedStretch[] {
  const result: AlignedStretch[] = [];
  let [x, y] = [0, 0];
  const add = (kind: AlignedStretch['kind'], toX: number, toY: number) => {
    if (toX === x && toY === y) return;
    const last = result.at(-1);
    if (last?.kind === kind) {
      last.a.end = toX;
      last.b.end = toY;
    } else {
      result.push({ kind, a: { start: x, end: toX }, b: { start: y, end: toY } });
    }
    [x, y] = [toX, toY];
  };
  for (const [i, j] of pairs) {
    add('changed', i, j);
    add('same', i + 1, j + 1);
  }
  add('changed', lengthA, lengthB);
  return result;
}
