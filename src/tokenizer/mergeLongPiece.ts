import type { BytePairMerge } from './bytePairMerge';

/** Bytes that are merged at once: few, as merging is quadratic, but more than most tokens have. */
const WINDOW = 128;

/**
 * The byte-pair encoding of a piece of any length, exactly, in time proportional to its length:
 * the piece is encoded in overlapping windows, and each is joined to the one before at a place
 * where the join is proved right.
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
 * So if the encoding of one window has the tokens … A B … and the next window, begun where B does,
 * begins with B as well, then the first up to A and the second from B on make a stable row: A B
 * stood together in an encoding. Where the next window begins otherwise, an earlier bound is
 * tried, and if there is none, a larger window.
 *
 * Yields now and then, with the number of bytes that are done.
 *
 * @param emit takes each token's id, in order
 * @param windowBytes how much is merged at once; no result depends on it
 */
export function* mergeLongPiece(
  merge: BytePairMerge,
  bytes: Uint8Array,
  emit: (id: number) => void,
  windowBytes = WINDOW,
): Generator<number, void> {
  let from = 0;
  let size = windowBytes;
  let window = encodeWindow(merge, bytes, from, size);
  let steps = 0;
  while (window.end < bytes.length) {
    const next = findJoin(merge, bytes, window, size);
    if (next === null) {
      size *= 2;
      window = encodeWindow(merge, bytes, from, size);
      continue;
    }
    for (let i = 0; window.starts[i]! < next.from; i++) emit(window.ids[i]!);
    window = next;
    from = next.from;
    size = windowBytes;
    if (++steps % 32 === 0) yield from;
  }
  for (const id of window.ids) emit(id);
}

interface Window {
  /** The bytes that it encodes. */
  from: number;
  end: number;
  ids: Int32Array;
  /** Where each token begins. */
  starts: Int32Array;
}

function encodeWindow(merge: BytePairMerge, bytes: Uint8Array, from: number, size: number): Window {
  const end = Math.min(bytes.length, from + size);
  const count = merge.merge(bytes, from, end);
  return { from, end, ids: merge.ids.slice(0, count), starts: merge.starts.slice(0, count) };
}

/** A window that may follow on the first three quarters of `window`; null where none is found. */
function findJoin(
  merge: BytePairMerge,
  bytes: Uint8Array,
  window: Window,
  size: number,
): Window | null {
  const latest = window.from + size * 0.75;
  for (let i = window.ids.length - 1; i > 0; i--) {
    if (window.starts[i]! > latest) continue;
    const next = encodeWindow(merge, bytes, window.starts[i]!, size);
    if (next.ids[0] === window.ids[i]) return next;
  }
  return null;
}
