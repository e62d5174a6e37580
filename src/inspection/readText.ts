import type { ModelDescription } from '../protocol/inspection';
import type { Expectations, TextWindow, TokenColumns, WindowReading } from '../protocol/reading';

/**
 * A text's tokens and what is known of them so far. A token that nothing is known of yet, and the
 * first of the text, which nothing could expect, have `NaN` for a logprob and 0 for a rank.
 */
export interface ReadText extends TokenColumns, Expectations {
  model: ModelDescription;
  windows: TextWindow[];
}

/** A text of which only the tokens are known. */
export function unreadText(
  tokens: TokenColumns & Pick<ReadText, 'model' | 'windows'>,
  topK: number,
): ReadText {
  const n = tokens.ids.length;
  const k = Math.min(topK, tokens.model.vocabSize);
  return {
    ...tokens,
    logprobs: new Float32Array(n).fill(NaN),
    ranks: new Uint32Array(n),
    entropies: new Float32Array(n).fill(NaN),
    k,
    topIds: new Uint32Array(n * k),
    topLogprobs: new Float32Array(n * k),
  };
}

/** The tokens that a window says something of: from `from` to before `to`. */
export function tokensOf({ ids }: ReadText, { first, end }: TextWindow) {
  return { from: first + 1, to: Math.min(end + 1, ids.length) };
}

/**
 * The first token of a window that nothing is known of yet; undefined where there is none. What is
 * known of a window is always its beginning.
 */
export function firstUnknown(text: ReadText, window: TextWindow): number | undefined {
  const { from, to } = tokensOf(text, window);
  if (from >= to || text.ranks[to - 1] !== 0) return undefined;
  for (let token = from; ; token++) if (text.ranks[token] === 0) return token;
}

/** Writes down what a window's pass said of the tokens from `from` on. */
export function enter(text: ReadText, from: number, reading: WindowReading): void {
  text.logprobs.set(reading.logprobs, from);
  text.ranks.set(reading.ranks, from);
  text.entropies.set(reading.entropies, from);
  text.topIds.set(reading.topIds, from * text.k);
  text.topLogprobs.set(reading.topLogprobs, from * text.k);
}

/**
 * Takes over what an edit could not change. A token was expected from those before it in its window:
 * as far as these are the same in both texts, so is what is known of it.
 */
export function carryOver(old: ReadText, text: ReadText): void {
  const length = Math.min(old.ids.length, text.ids.length);
  for (const [index, window] of text.windows.entries()) {
    if (old.windows[index]?.start !== window.start) return;
    let same = window.start;
    while (same < length && same <= window.end && old.ids[same] === text.ids[same]) same++;
    const { from } = tokensOf(text, window);
    const { to } = tokensOf(old, old.windows[index]);
    const until = Math.min(same, to);
    if (until > from) enter(text, from, slice(old, from, until));
  }
}

function slice(text: ReadText, from: number, to: number): WindowReading {
  const { k } = text;
  return {
    logprobs: text.logprobs.subarray(from, to),
    ranks: text.ranks.subarray(from, to),
    entropies: text.entropies.subarray(from, to),
    k,
    topIds: text.topIds.subarray(from * k, to * k),
    topLogprobs: text.topLogprobs.subarray(from * k, to * k),
  };
}

/** The first token that ends behind an offset of the text; the number of tokens where none does. */
export function tokenAt({ ends }: TokenColumns, offset: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
