/** A stretch of two token sequences: the same in both, or what stands in one in place of the other. */
export interface AlignedStretch {
  /** `changed`: tokens of `a` stand in the place of tokens of `b`; either may be none. */
  kind: 'same' | 'changed';
  a: { start: number; end: number };
  b: { start: number; end: number };
}

type Sequence = ArrayLike<number>;

/** About so many steps are taken for one alignment, a fraction of a second. */
const mostSteps = 5e7;
/** Half as many differences are always found exactly, however long the sequences, … */
const leastReach = 64;
/** … and more are not looked for: so the alignments of a text's parts together stay bounded too. */
const mostReach = 4096;

/**
 * Aligns two sequences by a longest common subsequence (Myers, An O(ND) Difference Algorithm and Its
 * Variations, Algorithmica 1986, in linear space). The time grows with the length times the number of
 * differences. Where that would be too long, as for long texts that have little in common, the
 * stretches in common are still the same in both, but there may be longer ones.
 *
 * @returns stretches in order that together cover both sequences; kinds alternate.
 */
export function alignTokens(a: Sequence, b: Sequence): AlignedStretch[] {
  const reach = Math.floor(mostSteps / (a.length + b.length + 1));
  return new Alignment(a, b, Math.max(leastReach, Math.min(mostReach, reach))).stretches();
}

class Alignment {
  private readonly result: AlignedStretch[] = [];
  /** By diagonal: how far one gets in `a`, and from the other end backwards. */
  private readonly forward: Int32Array;
  private readonly backward: Int32Array;

  constructor(
    private readonly a: Sequence,
    private readonly b: Sequence,
    /** Most differences on the way to where two paths meet. */
    private readonly reach: number,
  ) {
    const diagonals = 2 * Math.min(reach, a.length + b.length) + 3;
    this.forward = new Int32Array(diagonals);
    this.backward = new Int32Array(diagonals);
  }

  stretches(): AlignedStretch[] {
    const { a, b, result } = this;
    // A stack of our own: sequences without anything in common would go deep.
    const open = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
    for (let part = open.pop(); part; part = open.pop()) {
      let { a0, a1, b0, b1 } = part;
      for (; a0 < a1 && b0 < b1 && a[a0] === b[b0]; a0++) b0++;
      this.add('same', a0, b0);
      const [endA, endB] = [a1, b1];
      for (; a1 > a0 && b1 > b0 && a[a1 - 1] === b[b1 - 1]; a1--) b1--;
      if (a0 === a1 || b0 === b1) {
        this.add('changed', a1, b1);
        this.add('same', endA, endB);
        continue;
      }
      // What follows is the same, and comes when the parts before it are done.
      if (endA > a1) open.push({ a0: a1, a1: endA, b0: b1, b1: endB });
      const { x, y } = this.middle(a0, a1, b0, b1);
      open.push({ a0: x, a1, b0: y, b1 }, { a0, a1: x, b0, b1: y });
    }
    return result;
  }

  private add(kind: AlignedStretch['kind'], toA: number, toB: number): void {
    const last = this.result.at(-1);
    const [a, b] = [last?.a.end ?? 0, last?.b.end ?? 0];
    if (toA === a && toB === b) return;
    if (last?.kind === kind) {
      last.a.end = toA;
      last.b.end = toB;
    } else {
      this.result.push({ kind, a: { start: a, end: toA }, b: { start: b, end: toB } });
    }
  }

  /**
   * A point on a shortest way through a part whose first tokens differ, and whose last tokens do, and
   * which is on either side of the middle; where that takes too long, on the way that got furthest.
   */
  private middle(a0: number, a1: number, b0: number, b1: number): { x: number; y: number } {
    const { a, b, forward, backward } = this;
    const [n, m] = [a1 - a0, b1 - b0];
    const most = Math.min(this.reach, n + m);
    const zero = most + 1;
    forward.fill(-1, 0, 2 * most + 3);
    backward.fill(-1, 0, 2 * most + 3);
    let bestForward = -1;
    let bestX = 0;
    let bestY = 0;
    let bestBackward = -1;
    let bestU = 0;
    let bestV = 0;
    for (let d = 0; d <= most; d++) {
      for (let k = -Math.min(d, m - ((m - d) & 1)); k <= Math.min(d, n); k += 2) {
        const x = d === 0 ? 0 : furthest(forward, zero, k, n, m);
        if (x < 0) {
          forward[zero + k] = -1;
          continue;
        }
        let i = x;
        while (i < n && i - k < m && a[a0 + i] === b[b0 + i - k]) i++;
        forward[zero + k] = i;
        const j = i - k;
        if (i + j > bestForward) {
          bestForward = i + j;
          bestX = i;
          bestY = j;
        }
        const other = n - m - k;
        if (Math.abs(other) > d - 1) continue;
        const u = backward[zero + other]!;
        if (u >= 0 && i + u >= n) return { x: a0 + i, y: b0 + j };
      }
      for (let k = -Math.min(d, m - ((m - d) & 1)); k <= Math.min(d, n); k += 2) {
        const u = d === 0 ? 0 : furthest(backward, zero, k, n, m);
        if (u < 0) {
          backward[zero + k] = -1;
          continue;
        }
        let i = u;
        while (i < n && i - k < m && a[a1 - 1 - i] === b[b1 - 1 - i + k]) i++;
        backward[zero + k] = i;
        const j = i - k;
        if (i + j > bestBackward) {
          bestBackward = i + j;
          bestU = i;
          bestV = j;
        }
        const other = n - m - k;
        if (Math.abs(other) > d) continue;
        const x = forward[zero + other]!;
        if (x >= 0 && x + i >= n) return { x: a1 - i, y: b1 - j };
      }
    }
    return bestForward >= bestBackward
      ? { x: a0 + bestX, y: b0 + bestY }
      : { x: a1 - bestU, y: b1 - bestV };
  }
}

/** How far in the first sequence a diagonal is reached by one more difference; −1 where it is not. */
function furthest(reached: Int32Array, zero: number, k: number, n: number, m: number): number {
  const before = reached[zero + k - 1]!;
  const after = reached[zero + k + 1]!;
  const byFirst = before >= 0 && before < n ? before + 1 : -1;
  const bySecond = after >= 0 && after - k <= m ? after : -1;
  return Math.max(byFirst, bySecond);
}
