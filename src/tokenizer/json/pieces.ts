import { SplitPreTokenizer } from '@huggingface/tokenizers';

import { Alignment, originalRange, type Aligned } from './alignment';
import type { BpeModel } from './vocabularyFile';

/** A part of a text that is encoded by itself: UTF-16 units from `from` to before `to`. */
export interface Piece {
  aligned: Aligned;
  from: number;
  to: number;
}

/** Cuts pieces into smaller ones. */
export type PreTokenizer = (pieces: Iterable<Piece>) => Iterable<Piece>;

/** What becomes of the parts that a pattern matches (Hugging Face's `SplitDelimiterBehavior`). */
export type SplitBehavior =
  'Isolated' | 'Removed' | 'Contiguous' | 'MergedWithPrevious' | 'MergedWithNext';

/** Characters that Rust's `char::is_numeric` is true of. */
export const numeric = /\p{N}/gu;
export const punctuation = /[\p{P}!-/:-@[-`{-~]/gu;
export const whiteSpace = /\p{White_Space}+/gu;
/** Unicode's word characters, which `\w` means in Rust; and whatever else is no white space. */
export const wordsAndOthers =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;
/** GPT-2's pattern (encoder.py of its release). `\s` means White_Space there. */
export const gpt2Pattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * A pattern of a tokenizer.json, which is Oniguruma's, as one of JavaScript's.
 * @throws {SyntaxError} where it cannot be.
 */
export function compilePattern(pattern: { Regex: string } | { String: string }): RegExp {
  const { pattern: compiled } = new SplitPreTokenizer({
    type: 'Split',
    pattern,
    behavior: 'Isolated',
    invert: true, // plain, without a group around it
  });
  if (!compiled) throw new SyntaxError('neither a text nor a regular expression');
  return compiled;
}

/** @param inverted the pattern matches what is between the delimiters, not the delimiters */
export function split(pattern: RegExp, behavior: SplitBehavior, inverted: boolean): PreTokenizer {
  return function* (pieces) {
    // Of one's own: places in it are kept between two pieces.
    const own = new RegExp(pattern.source, pattern.flags);
    for (const piece of pieces) {
      for (const { from, to } of joined(parts(own, piece, inverted), behavior)) {
        if (to > from) yield { aligned: piece.aligned, from, to };
      }
    }
  };
}

interface Part {
  from: number;
  to: number;
  isDelimiter: boolean;
}

/** What the pattern matches and what lies between, in order. */
function* parts(pattern: RegExp, { aligned, from, to }: Piece, inverted: boolean): Iterable<Part> {
  // A pattern may look at what comes before and after, and a piece has nothing around it.
  const whole = from === 0 && to === aligned.text.length;
  const text = whole ? aligned.text : aligned.text.slice(from, to);
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { index } = match;
    const end = index + match[0].length;
    // A match of nothing would be found again and again.
    if (end === index) pattern.lastIndex = end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
    if (done < index) yield { from: from + done, to: from + index, isDelimiter: inverted };
    yield { from: from + index, to: from + end, isDelimiter: !inverted };
    done = end;
  }
  if (done < text.length) yield { from: from + done, to, isDelimiter: inverted };
}

/** Joins neighbours as `NormalizedString::split` does (normalizer.rs). */
function* joined(parts: Iterable<Part>, behavior: SplitBehavior): Iterable<Part> {
  if (behavior === 'Isolated') {
    yield* parts;
    return;
  }
  let held: Part | null = null;
  for (const part of parts) {
    if (behavior === 'Removed') {
      if (!part.isDelimiter) yield part;
      continue;
    }
    const join: boolean =
      held !== null &&
      (behavior === 'Contiguous'
        ? held.isDelimiter === part.isDelimiter
        : behavior === 'MergedWithPrevious'
          ? part.isDelimiter && !held.isDelimiter
          : held.isDelimiter && !part.isDelimiter);
    if (held && join) {
      // A joined pair takes no third: it is what it ends with.
      held = { from: held.from, to: part.to, isDelimiter: part.isDelimiter };
    } else {
      if (held) yield held;
      held = part;
    }
  }
  if (held) yield held;
}

/** Puts `prefix` before the pieces that do not begin with it. */
export function withPrefix(prefix: string, where: 'always' | 'first'): PreTokenizer {
  return function* (pieces) {
    for (const piece of pieces) {
      const { aligned, from, to } = piece;
      const wanted = where === 'always' || originalRange(aligned, from, from + 1)[0] === 0;
      if (!wanted || to === from || aligned.text.startsWith(prefix, from)) {
        yield piece;
        continue;
      }
      const alignment = new Alignment();
      alignment.add(0, prefix.length, from, from);
      const text = prefix + aligned.text.slice(from, to);
      const alignments = [...aligned.alignments, alignment];
      yield { aligned: { ...aligned, text, alignments }, from: 0, to: text.length };
    }
  };
}

/** Writes one character for another of the same length. */
export function withReplaced(character: string, by: string): PreTokenizer {
  return function* (pieces) {
    let before: Aligned | undefined;
    let after: Aligned | undefined;
    for (const { aligned, from, to } of pieces) {
      // Many pieces are of the same text.
      if (before !== aligned || !after) {
        before = aligned;
        after = { ...aligned, text: aligned.text.replaceAll(character, () => by) };
      }
      yield { aligned: after, from, to };
    }
  };
}

/**
 * Cuts before every `space` that follows on something else, where that changes nothing: where no
 * token goes on over such a place. Without it the whole text would be one piece, as SentencePiece's
 * vocabularies have it, and no word of it would be known from before. Null where a token does.
 */
export function cutBeforeMetaspace(
  space: string,
  { names, ids, merges }: Pick<BpeModel, 'names' | 'ids' | 'merges'>,
): PreTokenizer | null {
  if (!ids.has(space)) return null;
  for (const { result } of merges) {
    const name = names[result]!;
    for (let at = name.indexOf(space, 1); at > 0; at = name.indexOf(space, at + 1)) {
      if (name[at - 1] !== space) return null;
    }
  }
  return function* (pieces) {
    for (const { aligned, from, to } of pieces) {
      const { text } = aligned;
      let start = from;
      for (let at = from + 1; at < to; at++) {
        if (text[at] !== space || text[at - 1] === space) continue;
        yield { aligned, from: start, to: at };
        start = at;
      }
      yield { aligned, from: start, to };
    }
  };
}
