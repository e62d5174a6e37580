import type { PieceMerge } from '../mergeLongPiece';

/** No merge: sorts after every rank. */
const NONE = 0x7fffffff;

/** One merge: the tokens `left` and `right` become the token `result`. */
export interface Merge {
  left: number;
  right: number;
  result: number;
}

/**
 * Which pairs of tokens are merged, and in what order: (left, right) → rank, by an open-addressing
 * hash table, so that a lookup allocates nothing.
 */
export class PairTable {
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly result: Int32Array;
  /** Ranks by hash; -1 where the slot is free. */
  private readonly slots: Int32Array;

  /** @param merges in the order of their ranks; of the same pair the last one counts */
  constructor(merges: readonly Merge[]) {
    this.left = Int32Array.from(merges, ({ left }) => left);
    this.right = Int32Array.from(merges, ({ right }) => right);
    this.result = Int32Array.from(merges, ({ result }) => result);
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(merges.length * 2 + 2))).fill(-1);
    for (let rank = 0; rank < merges.length; rank++) {
      this.slots[this.slotOf(this.left[rank]!, this.right[rank]!)] = rank;
    }
  }

  /** -1 where the two are not merged. */
  rankOf(left: number, right: number): number {
    return this.slots[this.slotOf(left, right)]!;
  }

  resultOf(rank: number): number {
    return this.result[rank]!;
  }

  private slotOf(left: number, right: number): number {
    const mask = this.slots.length - 1;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const rank = this.slots[slot]!;
      if (rank === -1 || (this.left[rank] === left && this.right[rank] === right)) return slot;
    }
  }
}

/** How many symbols each token stands for: what is merged, as many as its name has characters. */
export function symbolLengths(
  names: readonly (string | undefined)[],
  merges: readonly Merge[],
): Int32Array {
  const lengths = new Int32Array(names.length).fill(1);
  for (const { result } of merges) lengths[result] = Array.from(names[result]!).length;
  return lengths;
}

/**
 * Byte-pair encoding by a list of merges (Sennrich et al. 2016): of all neighbours that are merged,
 * those of the lowest rank, the leftmost of equals, until there are none.
 *
 * The search for the lowest is a plain scan: quicker than a heap for the lengths it is used with.
 */
export class PairMerge implements PieceMerge<Int32Array> {
  ids = new Int32Array(0);
  starts = new Int32Array(1);
  // A token under way is named by the place of its first symbol, counted from `from`.
  private idAt = new Int32Array(0);
  private previous = new Int32Array(0);
  private next = new Int32Array(0);
  /** Rank of the merge with its right neighbour; `NONE` too where no token begins. */
  private rankAt = new Int32Array(0);

  /** @param lengths of each token, in symbols */
  constructor(
    private readonly pairs: PairTable,
    private readonly lengths: Int32Array,
  ) {}

  lengthOf(id: number): number {
    return this.lengths[id]!;
  }

  merge(symbols: Int32Array, from: number, to: number): number {
    const length = to - from;
    this.reserve(length);
    const { idAt, previous, next, rankAt } = this;
    for (let i = 0; i < length; i++) {
      idAt[i] = symbols[from + i]!;
      previous[i] = i - 1;
      next[i] = i + 1;
      rankAt[i] = i + 1 < length ? this.rank(idAt[i]!, symbols[from + i + 1]!) : NONE;
    }
    for (;;) {
      let lowest = NONE;
      let at = -1;
      for (let i = 0; i < length; i = next[i]!) {
        if (rankAt[i]! < lowest) {
          lowest = rankAt[i]!;
          at = i;
        }
      }
      if (at === -1) break;
      const after = next[next[at]!]!;
      idAt[at] = this.pairs.resultOf(lowest);
      next[at] = after;
      rankAt[at] = after < length ? this.rank(idAt[at]!, idAt[after]!) : NONE;
      if (after < length) previous[after] = at;
      const before = previous[at]!;
      if (before >= 0) rankAt[before] = this.rank(idAt[before]!, idAt[at]!);
    }
    let count = 0;
    for (let i = 0; i < length; i = next[i]!) {
      this.ids[count] = idAt[i]!;
      this.starts[count++] = from + i;
    }
    this.starts[count] = to;
    return count;
  }

  private rank(left: number, right: number): number {
    const rank = this.pairs.rankOf(left, right);
    return rank === -1 ? NONE : rank;
  }

  private reserve(length: number): void {
    if (length <= this.ids.length) return;
    this.ids = new Int32Array(2 * length);
    this.starts = new Int32Array(2 * length + 1);
    this.idAt = new Int32Array(2 * length);
    this.previous = new Int32Array(2 * length);
    this.next = new Int32Array(2 * length);
    this.rankAt = new Int32Array(2 * length);
  }
}
