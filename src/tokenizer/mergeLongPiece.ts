import type { BytePairMerge } from './bytePairMerge';

/** Bytes that are merged at once: few, as merging is quadratic, but more than most tokens have. */
const WINDOW = 128;

/** The tokens so far; an array is one. */
export interface IdStack {
  readonly length: number;
  push(id: number): unknown;
  pop(): number | undefined;
  at(index: number): number | undefined;
}

/**
 * The byte-pair encoding of a piece of any length, exactly, in time proportional to its length: it
 * is encoded window by window. Of each window the tokens at its end are left to the next one, as
 * more bytes might have changed them; and a window is joined only where the join is proved right.
 *
 * Why that is exact. Call a row of tokens *stable* if encoding the bytes of each two neighbours
 * gives these two again.
 * 1. What an encoding gives is stable, and so is every part of it: no merge ever crossed the
 *    bounds of a part, so its bytes alone go through the same merges in the same order.
 * 2. A stable row is the encoding of its bytes. If not, look at the first merge across one of its
 *    bounds. Up to there the bytes of the two tokens at this bound went through the merges that
 *    they go through by themselves, and this merge, the lowest and leftmost of all, is also the
 *    lowest and leftmost among theirs. So encoding the two by themselves makes it too, and does
 *    not give the two again.
 * Hence `tokens` is kept stable. A window's first token is stable behind the last one of `tokens`
 * if the two stood together in the window before, or if encoding the two shows it. Where it is
 * not, the last token is taken back and a larger window begins there.
 *
 * Yields after each window, with the number of bytes that are done.
 *
 * @param tokens the piece's tokens are pushed here
 * @param windowBytes how much is merged at once; no result depends on it
 */
export function* mergeLongPiece(
  merge: BytePairMerge,
  bytes: Uint8Array,
  tokens: IdStack,
  windowBytes = WINDOW,
): Generator<number, void> {
  const tokensBefore = tokens.length;
  let at = 0;
  let size = windowBytes;
  /** What followed on the last of `tokens` in the window that it came from; -1 if nothing did. */
  let expected = -1;
  /** The furthest place where a join failed: up to there windows stay large. */
  let failedAt = -1;
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + size);
    let count = merge.merge(bytes, at, end);
    if (tokens.length > tokensBefore && merge.ids[0] !== expected) {
      const last = tokens.at(-1)!;
      const lastLength = merge.table.bytesOf(last).length;
      if (!isStable(merge, bytes, at - lastLength, last, merge.ids[0]!)) {
        failedAt = Math.max(failedAt, at);
        tokens.pop();
        at -= lastLength;
        expected = -1;
        size *= 2;
        continue;
      }
      count = merge.merge(bytes, at, end);
    }

    const { ids, starts } = merge;
    const keepTo = end === bytes.length ? end : at + 0.75 * size;
    let kept = 1;
    while (kept < count && starts[kept + 1]! <= keepTo) kept++;
    for (let i = 0; i < kept; i++) tokens.push(ids[i]!);
    expected = kept < count ? ids[kept]! : -1;
    at = starts[kept]!;
    if (at > failedAt) size = windowBytes;
    yield at;
  }
}

/** Encoding the bytes of the tokens `first` and `second`, which begin at `from`, gives the two. */
function isStable(
  merge: BytePairMerge,
  bytes: Uint8Array,
  from: number,
  first: number,
  second: number,
): boolean {
  const { table } = merge;
  const to = from + table.bytesOf(first).length + table.bytesOf(second).length;
  return merge.merge(bytes, from, to) === 2 && merge.ids[0] === first && merge.ids[1] === second;
}
