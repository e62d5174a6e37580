import type { TokenTable } from './tokenTable';

/** No token: sorts after every rank. */
const NONE = 0x7fffffff;

/**
 * Byte-pair encoding of one byte string: begin with single bytes; as long as two neighbours
 * together are a token, merge the pair whose token has the lowest id (the rank), the leftmost of
 * equals (tiktoken, src/lib.rs, `byte_pair_merge`).
 *
 * The search for the lowest pair is a plain scan: for the lengths that it is used with, that is
 * faster than a heap. Its time grows with the square of the length.
 */
export class BytePairMerge {
  /** Ids of the last result, valid up to its count. */
  ids = new Int32Array(512);
  /** Where each token of the last result begins, in the given bytes; one more entry for the end. */
  starts = new Int32Array(513);
  /** Id of what a token and its right neighbour make together, or `NONE`. */
  private pairs = new Int32Array(512);
  private readonly idOfByte: Int32Array;

  constructor(private readonly table: TokenTable) {
    this.idOfByte = Int32Array.from({ length: 256 }, (_, byte) => {
      const id = table.find(Uint8Array.of(byte), 0, 1);
      if (id === -1) throw new Error(`The vocabulary has no token for byte ${byte}.`);
      return id;
    });
  }

  /** Encodes `bytes[from, to)`, leaves the result in `ids` and `starts`, returns its tokens' count. */
  merge(bytes: Uint8Array, from: number, to: number): number {
    let count = to - from;
    this.reserve(count);
    const { table, ids, starts, pairs, idOfByte } = this;
    for (let i = 0; i < count; i++) {
      ids[i] = idOfByte[bytes[from + i]!]!;
      starts[i] = from + i;
    }
    starts[count] = to;

    const pairAt = (i: number): number => {
      if (i + 1 >= count) return NONE;
      const begin = starts[i]!;
      const end = starts[i + 2]!;
      if (end - begin > table.maxLength) return NONE;
      const id = table.find(bytes, begin, end);
      return id === -1 ? NONE : id;
    };
    for (let i = 0; i < count; i++) pairs[i] = pairAt(i);

    for (;;) {
      let lowest = NONE;
      let at = -1;
      for (let i = 0; i < count; i++) {
        if (pairs[i]! < lowest) {
          lowest = pairs[i]!;
          at = i;
        }
      }
      if (at === -1) return count;
      count--;
      ids[at] = lowest;
      for (let i = at + 1; i < count; i++) {
        ids[i] = ids[i + 1]!;
        starts[i] = starts[i + 1]!;
        pairs[i] = pairs[i + 1]!;
      }
      starts[count] = to;
      pairs[at] = pairAt(at);
      if (at > 0) pairs[at - 1] = pairAt(at - 1);
    }
  }

  private reserve(count: number): void {
    if (count <= this.ids.length) return;
    this.ids = new Int32Array(2 * count);
    this.starts = new Int32Array(2 * count + 1);
    this.pairs = new Int32Array(2 * count);
  }
}
