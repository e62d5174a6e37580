import type { PieceMerge } from './mergeLongPiece';
import type { TokenTable } from './tokenTable';

/** No token: sorts after every rank. */
const NONE = 0x7fffffff;

/**
 * Byte-pair encoding of one byte string: begin with single bytes; as long as two neighbours
 * together are a token, merge the pair whose token has the lowest id (the rank), the leftmost of
 * equals (tiktoken, src/lib.rs, `byte_pair_merge`).
 *
 * The search for the lowest pair is a plain scan over all bytes: for the lengths that it is used
 * with, that is faster than a heap. Its time grows with the square of the length.
 */
export class BytePairMerge implements PieceMerge<Uint8Array> {
  /** Ids of the last result, valid up to its count. */
  ids = new Int32Array(0);
  /** Where each token of the last result begins, in the given bytes; one more entry for the end. */
  starts = new Int32Array(1);

  // A token under way is named by the place of its first byte, counted from `from`. At this place
  // stand its id, where its neighbours begin, and what it makes with its right neighbour.
  private idAt = new Int32Array(0);
  private previous = new Int32Array(0);
  private next = new Int32Array(0);
  /** Id of the token that it makes with its right neighbour; `NONE` too where no token begins. */
  private pair = new Int32Array(0);
  private readonly idOfByte: Int32Array;

  constructor(readonly table: TokenTable) {
    this.idOfByte = Int32Array.from({ length: 256 }, (_, byte) => {
      const id = table.find(Uint8Array.of(byte), 0, 1);
      if (id === -1) throw new Error(`The vocabulary has no token for byte ${byte}.`);
      return id;
    });
  }

  /** Encodes `bytes[from, to)`, leaves the result in `ids` and `starts`, returns its tokens' count. */
  merge(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    this.reserve(length);
    const { idOfByte, idAt, previous, next, pair } = this;
    for (let i = 0; i < length; i++) {
      idAt[i] = idOfByte[bytes[from + i]!]!;
      previous[i] = i - 1;
      next[i] = i + 1;
      pair[i] = i + 1 < length ? this.find(bytes, from + i, from + i + 2) : NONE;
    }

    for (;;) {
      let lowest = NONE;
      let at = -1;
      for (let i = 0; i < length; i++) {
        if (pair[i]! < lowest) {
          lowest = pair[i]!;
          at = i;
        }
      }
      if (at === -1) break;
      const merged = next[at]!;
      const after = next[merged]!;
      idAt[at] = lowest;
      next[at] = after;
      pair[merged] = NONE;
      if (after < length) {
        previous[after] = at;
        pair[at] = this.find(bytes, from + at, from + next[after]!);
      } else {
        pair[at] = NONE;
      }
      const before = previous[at]!;
      if (before >= 0) pair[before] = this.find(bytes, from + before, from + after);
    }

    let count = 0;
    for (let i = 0; i < length; i = next[i]!) {
      this.ids[count] = idAt[i]!;
      this.starts[count] = from + i;
      count++;
    }
    this.starts[count] = to;
    return count;
  }

  lengthOf(id: number): number {
    return this.table.bytesOf(id).length;
  }

  private find(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > this.table.maxLength) return NONE;
    const id = this.table.find(bytes, from, to);
    return id === -1 ? NONE : id;
  }

  private reserve(length: number): void {
    if (length <= this.ids.length) return;
    this.ids = new Int32Array(2 * length);
    this.starts = new Int32Array(2 * length + 1);
    this.idAt = new Int32Array(2 * length);
    this.previous = new Int32Array(2 * length);
    this.next = new Int32Array(2 * length);
    this.pair = new Int32Array(2 * length);
  }
}
