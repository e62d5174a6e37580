/** Symbols merged at once: few, as merging is quadratic, but more than most tokens have. */
const WINDOW = 128;

/**
 * An encoding by merging pairs of neighbours, of symbols such as bytes: always the pair of the
 * lowest rank, the leftmost of equals.
 */
export interface PieceMerge<Symbols> {
  /** Ids of the last result, valid up to its count. */
  readonly ids: Int32Array;
  /** Where each token of the last result begins, in the given symbols; one more for the end. */
  readonly starts: Int32Array;
  /** Encodes `symbols[from, to)` and returns the number of tokens. */
  merge(symbols: Symbols, from: number, to: number): number;
  /** How many symbols a token stands for. */
  lengthOf(id: number): number;
}

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
 * Why that is exact. Call a row of tokens *stable* if encoding the symbols of each two neighbours
 * gives these two again.
 * 1. What an encoding gives is stable, and so is every part of it: no merge ever crossed the
 *    bounds of a part, so its symbols alone go through the same merges in the same order.
 * 2. A stable row is the encoding of its symbols. If not, look at the first merge across one of its
 *    bounds. Up to there the symbols of the two tokens at this bound went through the merges that
 *    they go through by themselves, and this merge, the lowest and leftmost of all, is also the
 *    lowest and leftmost among theirs. So encoding the two by themselves makes it too, and does
 *    not give the two again.
 * Hence `tokens` is kept stable. A window's first token is stable behind the last one of `tokens`
 * if the two stood together in the window before, or if encoding the two shows it. Where it is
 * not, the last token is taken back and a larger window begins there.
 *
 * Yields after each window, with the number of symbols that are done.
 *
 * @param tokens the piece's tokens are pushed here
 * @param window how many symbols are merged at once; no result depends on it
 */
export function* mergeLongPiece<Symbols extends ArrayLike<number>>(
  merge: PieceMerge<Symbols>,
  symbols: Symbols,
  tokens: IdStack,
  window = WINDOW,
): Generator<number, void> {
  const tokensBefore = tokens.length;
  let at = 0;
  let size = window;
  /** What followed on the last of `tokens` in the window that it came from; -1 if nothing did. */
  let expected = -1;
  /** The furthest place where a join failed: up to there windows stay large. */
  let failedAt = -1;
  while (at < symbols.length) {
    const end = Math.min(symbols.length, at + size);
    let count = merge.merge(symbols, at, end);
    if (tokens.length > tokensBefore && merge.ids[0] !== expected) {
      const last = tokens.at(-1)!;
      const lastLength = merge.lengthOf(last);
      if (!isStable(merge, symbols, at - lastLength, last, merge.ids[0]!)) {
        failedAt = Math.max(failedAt, at);
        tokens.pop();
        at -= lastLength;
        expected = -1;
        size *= 2;
        continue;
      }
      count = merge.merge(symbols, at, end);
    }

    const { ids, starts } = merge;
    const keepTo = end === symbols.length ? end : at + 0.75 * size;
    let kept = 1;
    while (kept < count && starts[kept + 1]! <= keepTo) kept++;
    for (let i = 0; i < kept; i++) tokens.push(ids[i]!);
    expected = kept < count ? ids[kept]! : -1;
    at = starts[kept]!;
    if (at > failedAt) size = window;
    yield at;
  }
}

/** Encoding the symbols of the tokens `first` and `second`, which begin at `from`, gives the two. */
function isStable<Symbols>(
  merge: PieceMerge<Symbols>,
  symbols: Symbols,
  from: number,
  first: number,
  second: number,
): boolean {
  const to = from + merge.lengthOf(first) + merge.lengthOf(second);
  return merge.merge(symbols, from, to) === 2 && merge.ids[0] === first && merge.ids[1] === second;
}
