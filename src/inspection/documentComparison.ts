import type { TokenColumns } from '../protocol/reading';
import { lineAlignment, linesOf, type AlignedLines, type LineRange } from './lineAlignment';
import { alignTokens, type AlignedStretch } from './tokenAlignment';

/** A text that was read whole: its tokens, and each one's logprob (natural; `NaN` where nothing was expected). */
export interface ComparedText extends TokenColumns {
  text: string;
  logprobs: Float32Array;
}

/** Indices from `start` to before `end`. */
export interface TokenRange {
  start: number;
  end: number;
}

/**
 * One change: a stretch of lines that is not the same in both texts, and the tokens of either. A token
 * that reaches from a line that stayed into one that changed, and so is another, counts as changed.
 */
export interface Hunk {
  /** Counted from 0; where nothing stands on one side, both are the line that it would come before. */
  linesBefore: LineRange;
  linesAfter: LineRange;
  tokensBefore: TokenRange;
  tokensAfter: TokenRange;
  /** Surprisal of these tokens. */
  bitsBefore: number;
  bitsAfter: number;
  /** bitsAfter − bitsBefore. */
  difference: number;
  /**
   * What the change did to what follows: bits that the unchanged tokens gained (above 0) or lost, from
   * this hunk to the next one.
   */
  knockOn: number;
  /** How many unchanged tokens these are. */
  knockOnTokens: number;
}

export interface TextFigures {
  tokens: number;
  bits: number;
  /** Over the tokens that were expected at all; null where there are none. */
  bitsPerByte: number | null;
}

/** The surprisal of two versions of a text, by what changed. */
export interface DocumentComparison {
  before: TextFigures;
  after: TextFigures;
  /** after.bits − before.bits: `inHunks` and `knockOn` together. */
  difference: number;
  /** Summed differences of the hunks. */
  inHunks: number;
  knockOn: number;
  hunks: Hunk[];
}

/**
 * Compares two versions of a text as a model reads them. Lines are aligned first, then the tokens of the
 * lines that stayed are paired; so every token belongs to exactly one hunk, or is unchanged, and the
 * differences add up. In a text that is longer than the context, windows begin elsewhere once the number of
 * tokens is another: what that does to later tokens counts as knock-on too.
 */
export function compareDocuments(before: ComparedText, after: ComparedText): DocumentComparison {
  const gaps = gapsBetween(unchangedRuns(before, after));
  const [sumBefore, sumAfter] = [bitSums(before), bitSums(after)];
  const bitsOf = (sums: Float64Array, { start, end }: TokenRange) => sums[end]! - sums[start]!;
  const hunks = gaps.map((gap, i): Hunk => {
    const next = gaps[i + 1];
    const sameBefore = { start: gap.before.end, end: next?.before.start ?? before.ids.length };
    const sameAfter = { start: gap.after.end, end: next?.after.start ?? after.ids.length };
    let knockOn = bitsOf(sumAfter, sameAfter) - bitsOf(sumBefore, sameBefore);
    // Nothing that comes before a change depends on it: there is only what sums are rounded by.
    if (i === 0) knockOn += sumAfter[gap.after.start]! - sumBefore[gap.before.start]!;
    const bitsBefore = bitsOf(sumBefore, gap.before);
    const bitsAfter = bitsOf(sumAfter, gap.after);
    return {
      linesBefore: gap.lines?.before ?? linesOfTokens(before, gap.before),
      linesAfter: gap.lines?.after ?? linesOfTokens(after, gap.after),
      tokensBefore: gap.before,
      tokensAfter: gap.after,
      bitsBefore,
      bitsAfter,
      difference: bitsAfter - bitsBefore,
      knockOn,
      knockOnTokens: sameAfter.end - sameAfter.start,
    };
  });
  const inHunks = hunks.reduce((sum, { difference }) => sum + difference, 0);
  const knockOn = hunks.reduce((sum, hunk) => sum + hunk.knockOn, 0);
  return {
    before: figures(before, sumBefore),
    after: figures(after, sumAfter),
    difference: inHunks + knockOn,
    inHunks,
    knockOn,
    hunks,
  };
}

/** The tokens of a hunk aligned with one another; indices count each text's tokens. */
export function alignedHunk(
  before: ComparedText,
  after: ComparedText,
  { tokensBefore, tokensAfter }: Hunk,
): AlignedStretch[] {
  const part = ({ ids }: ComparedText, { start, end }: TokenRange) => ids.subarray(start, end);
  const moved = ({ start, end }: TokenRange, by: number) => ({ start: start + by, end: end + by });
  return alignTokens(part(before, tokensBefore), part(after, tokensAfter)).map(
    ({ kind, a, b }) => ({
      kind,
      a: moved(a, tokensBefore.start),
      b: moved(b, tokensAfter.start),
    }),
  );
}

/** As many tokens of both texts, one the same as the other; and the lines that changed before them. */
interface Run {
  before: number;
  after: number;
  length: number;
  /** Between the run before and this one. */
  changed: { before: LineRange; after: LineRange } | null;
}

/** The tokens of lines that stayed, as far as they were cut the same; and an empty run at the end. */
function unchangedRuns(before: ComparedText, after: ComparedText): Run[] {
  const runs: Run[] = [];
  // The beginning-of-text token stands before the first line.
  if (before.ends[0] === 0 && after.ends[0] === 0 && before.ids[0] === after.ids[0]) {
    runs.push({ before: 0, after: 0, length: 1, changed: null });
  }
  let changed = null as Run['changed'];
  for (const lines of lineAlignment(before.text, after.text)) {
    const { kind, linesBefore, linesAfter } = lines;
    if (kind === 'changed') {
      changed = {
        before: { start: changed?.before.start ?? linesBefore.start, end: linesBefore.end },
        after: { start: changed?.after.start ?? linesAfter.start, end: linesAfter.end },
      };
      continue;
    }
    const run = sameTokens(before, after, lines);
    // Lines that stayed but have no token for themselves belong to the hunks around them.
    if (run.length === 0) continue;
    runs.push({ ...run, changed });
    changed = null;
  }
  runs.push({ before: before.ids.length, after: after.ids.length, length: 0, changed });
  return runs;
}

/**
 * Tokens in the same place of a stretch of text that is the same in both: from the first such pair on,
 * as many as follow one another.
 */
function sameTokens(
  before: ComparedText,
  after: ComparedText,
  { startBefore, startAfter, length }: AlignedLines,
): { before: number; after: number; length: number } {
  let i = firstFrom(before, startBefore);
  let j = firstFrom(after, startAfter);
  const endBefore = startBefore + length;
  const endAfter = startAfter + length;
  const same = () =>
    i < before.ids.length &&
    j < after.ids.length &&
    before.ends[i]! <= endBefore &&
    after.ends[j]! <= endAfter &&
    before.ids[i] === after.ids[j] &&
    before.starts[i]! - startBefore === after.starts[j]! - startAfter &&
    before.ends[i]! - startBefore === after.ends[j]! - startAfter;
  while (!same()) {
    if (i >= before.ids.length || j >= after.ids.length) return { before: i, after: j, length: 0 };
    const [placeBefore, placeAfter] = [
      before.starts[i]! - startBefore,
      after.starts[j]! - startAfter,
    ];
    if (placeBefore >= length && placeAfter >= length) return { before: i, after: j, length: 0 };
    if (placeBefore <= placeAfter) i++;
    if (placeAfter <= placeBefore) j++;
  }
  const run = { before: i, after: j, length: 0 };
  for (; same(); i++, j++) run.length++;
  return run;
}

interface Gap {
  before: TokenRange;
  after: TokenRange;
  lines: Run['changed'];
}

/** What lies between runs; each is a hunk. */
function gapsBetween(runs: readonly Run[]): Gap[] {
  const gaps: Gap[] = [];
  let [i, j] = [0, 0];
  for (const { before, after, length, changed: lines } of runs) {
    const gap = { before: { start: i, end: before }, after: { start: j, end: after }, lines };
    if (before > i || after > j || lines) gaps.push(gap);
    [i, j] = [before + length, after + length];
  }
  return gaps;
}

/** The first token that begins at an offset or behind it. */
function firstFrom({ starts, ends }: TokenColumns, offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // A beginning-of-text token stands before the text.
    if (starts[middle]! >= offset && ends[middle]! > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bits of all tokens before each, [n + 1]. */
function bitSums({ logprobs }: ComparedText): Float64Array {
  const sums = new Float64Array(logprobs.length + 1);
  for (let i = 0; i < logprobs.length; i++) {
    const bits = -logprobs[i]! / Math.LN2;
    sums[i + 1] = sums[i]! + (Number.isNaN(bits) ? 0 : bits);
  }
  return sums;
}

function figures({ ids, logprobs, byteLengths }: ComparedText, sums: Float64Array): TextFigures {
  let bytes = 0;
  for (let i = 0; i < ids.length; i++) if (!Number.isNaN(logprobs[i]!)) bytes += byteLengths[i]!;
  const bits = sums[ids.length]!;
  return { tokens: ids.length, bits, bitsPerByte: bytes > 0 ? bits / bytes : null };
}

/** The lines that tokens stand in, where these are the same text but were cut otherwise. */
function linesOfTokens(
  { text, starts, ends, ids }: ComparedText,
  { start, end }: TokenRange,
): LineRange {
  const lineAt = (offset: number) => linesOf(text.slice(0, offset) + '.').length - 1;
  const first = lineAt(start < ids.length ? starts[start]! : text.length);
  return { start: first, end: end > start ? lineAt(ends[end - 1]! - 1) + 1 : first };
}
