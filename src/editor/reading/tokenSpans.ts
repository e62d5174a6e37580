import {
  scaleLevel,
  scalePosition,
  tokenValue,
  type TokenMeasure,
} from '../../inspection/tokenMeasure';
import type { Span } from '../textSpan';
import type { ReadText } from '../../inspection/readText';

/** What is known of a token, as the panel has it. */
export function readToken({ logprobs, ranks, entropies }: ReadText, token: number) {
  const known = ranks[token] !== 0;
  return {
    logprob: known ? logprobs[token]! : null,
    rank: known ? ranks[token]! : null,
    entropy: known ? entropies[token]! : null,
  };
}

/**
 * The ranges to tint, by level from 0 to 4, as UTF-16 offsets in the text: of tokens from `first` to
 * before `last`. Tokens that share a character are one range, at the highest of their levels.
 */
export function levelSpans(
  text: ReadText,
  measure: TokenMeasure,
  { first, last }: { first: number; last: number },
): Span[][] {
  const levels: Span[][] = [[], [], [], [], []];
  for (let token = first; token < last;) {
    const start = text.starts[token]!;
    let end = text.ends[token]!;
    let level: number | null = null;
    for (; token < last && (text.starts[token]! < end || text.starts[token] === start); token++) {
      end = Math.max(end, text.ends[token]!);
      const value = tokenValue(measure, readToken(text, token));
      if (value !== null) level = Math.max(level ?? 0, scaleLevel(scalePosition(measure, value)));
    }
    if (level !== null && end > start) levels[level]!.push({ start, end });
  }
  return levels;
}

/** Surprisal in bits; `NaN` where it is not known. */
export function bitsOf({ logprobs }: ReadText, token: number): number {
  return -logprobs[token]! / Math.LN2;
}

/**
 * The tokens of at least so many bits, at most `most` of them and then the most surprising ones, in
 * the order of the text.
 */
export function peaks(text: ReadText, least: number, most: number): number[] {
  const found: number[] = [];
  for (let token = 0; token < text.ids.length; token++) {
    if (bitsOf(text, token) >= least) found.push(token);
  }
  if (found.length <= most) return found;
  const bits = (token: number) => text.logprobs[token]!;
  return found.sort((a, b) => bits(a) - bits(b)).slice(0, most).sort((a, b) => a - b); // prettier-ignore
}
