import type { Span } from '../textSpan';
import { tokenAt, type ReadText } from '../../inspection/readText';

/** Where the text surprised the model. */
export interface SurprisingPlace extends Span {
  /** The token; of several that share a character, the most surprising. */
  token: number;
}

/** A text as it was read, and what of it counts. Offsets are UTF-16 units of that text. */
export interface ReadSource {
  read: ReadText;
  text: string;
  /** What comes before is read, but not looked at. */
  from: number;
  /** Up to here `read` is of the document as it is now. */
  validUntil: number;
}

export interface Count {
  /** From 1. */
  index: number;
  of: number;
}

export interface FoundPlace {
  place: SurprisingPlace;
  /** Null while not all of the text is known. */
  count: Count | null;
}

/** A token on the way that has to be known before anything can be said. */
export interface FirstUnknown {
  unknown: number;
}

/**
 * The places from so many bits on, first to last. Tokens that share a character are one place; so are
 * those that an editor cannot tell apart, because they share a line's end of two characters.
 */
export function surprisingPlaces(source: ReadSource, leastBits: number): SurprisingPlace[] {
  const { starts, ends, logprobs } = source.read;
  const most = -leastBits * Math.LN2;
  const { first, last } = looked(source);
  const places: SurprisingPlace[] = [];
  for (let token = first; token < last; token++) {
    // Nothing is known of a token where this is NaN.
    if (!(logprobs[token]! <= most)) continue;
    const { start, end } = selectable(source.text, starts[token]!, ends[token]!);
    const before = places.at(-1);
    if (!before || before.end <= start) {
      places.push({ start, end, token });
      continue;
    }
    before.end = Math.max(before.end, end);
    if (logprobs[token]! < logprobs[before.token]!) before.token = token;
  }
  return places;
}

/**
 * The next place behind a selection, or the one before it; from the last on the first. While
 * something in between is not known yet, the first token of which that is so.
 *
 * @param direction 1 for the next, −1 for the previous.
 */
export function findSurprising(
  source: ReadSource,
  leastBits: number,
  selection: Span,
  direction: 1 | -1,
): FoundPlace | FirstUnknown | 'none' {
  const places = surprisingPlaces(source, leastBits);
  const ahead =
    direction === 1
      ? places.findIndex(({ start }) => start >= selection.end)
      : places.findLastIndex(({ end }) => end <= selection.start);
  const index = ahead >= 0 ? ahead : direction === 1 ? 0 : places.length - 1;
  const place = places[index];
  const behind = place ? (direction === 1 ? place.end : place.start) : null;
  const unknown = firstUnknown(source, selection, behind, direction, ahead < 0);
  if (unknown !== undefined) return { unknown };
  if (!place) return 'none';
  const isComplete = firstUnknown(source, { start: 0, end: 0 }, null, 1, true) === undefined;
  return { place, count: isComplete ? { index: index + 1, of: places.length } : null };
}

/**
 * The first token on the way from a selection to a place that nothing is known of.
 *
 * @param until where the place ends, seen from the selection; null where there is none.
 * @param wraps the way leads over the end of the text.
 */
function firstUnknown(
  source: ReadSource,
  selection: Span,
  until: number | null,
  direction: 1 | -1,
  wraps: boolean,
): number | undefined {
  const { read, validUntil } = source;
  const { starts, ends, ranks } = read;
  const { first } = looked(source);
  const isUnknown = (token: number) =>
    token > 0 && (ranks[token] === 0 || ends[token]! > validUntil);
  /** Of the tokens that touch a stretch of the text, in the direction of the way. */
  const within = (start: number, end: number) => {
    const tokens = { from: Math.max(first, tokenAt(read, start)), to: ends.length };
    while (tokens.to > tokens.from && starts[tokens.to - 1]! >= end) tokens.to--;
    if (direction === 1) {
      for (let token = tokens.from; token < tokens.to; token++) if (isUnknown(token)) return token;
    } else {
      for (let token = tokens.to - 1; token >= tokens.from; token--) if (isUnknown(token)) return token; // prettier-ignore
    }
    return undefined;
  };
  if (direction === 1) {
    if (!wraps) return within(selection.end, until!);
    return within(selection.end, Infinity) ?? within(0, until ?? selection.end);
  }
  if (!wraps) return within(until!, selection.start);
  return within(0, selection.start) ?? within(until ?? selection.start, Infinity);
}

/** The tokens that count, from `first` to before `last`. */
function looked({ read, from, validUntil }: ReadSource): { first: number; last: number } {
  const first = tokenAt(read, from);
  let last = read.ids.length;
  if (validUntil !== Infinity) {
    last = first;
    while (last < read.ids.length && read.ends[last]! <= validUntil) last++;
  }
  return { first, last };
}

/** A range as an editor can select it: it knows no place between CR and LF. */
function selectable(text: string, start: number, end: number): Span {
  const isBetween = (offset: number) => text[offset - 1] === '\r' && text[offset] === '\n';
  return { start: isBetween(start) ? start - 1 : start, end: isBetween(end) ? end + 1 : end };
}
