import type { DocumentFigures } from '../protocol/documentReport';
import type { Expectations, TokenColumns } from '../protocol/reading';
import { totalsOf } from './inspect';
import { rankBucket, rankBuckets } from './tokenMeasure';

/**
 * A text's tokens and what is known of them, column by column: [n]. A rank of 0 says that nothing is
 * known of a token: it is the first one, or was not read yet.
 */
export type ReadTokens = Omit<TokenColumns, 'ids'> &
  Pick<Expectations, 'logprobs' | 'ranks' | 'entropies'>;

/** A text's lines, column by column: [lines]. */
export interface LineColumns {
  /** UTF-16 range in the text, without the line break. */
  starts: Uint32Array;
  ends: Uint32Array;
  /** Predicted tokens that begin in the line, their UTF-8 bytes and their summed surprisal. */
  tokens: Uint32Array;
  bytes: Uint32Array;
  bits: Float64Array;
  /** Index of the most surprising one; -1 where there is none. */
  peaks: Int32Array;
}

export interface DocumentStatistics extends DocumentFigures {
  lines: LineColumns;
}

/**
 * What a text comes to under a model, so far as it was read: see `DocumentFigures`. Sums are in
 * float64 and agree with the totals of `inspect`.
 *
 * Perplexity and bits per byte are those of a sliding window where the text is longer than the
 * context (see `textWindows`). The mean entropy is the surprisal that the model would meet if the
 * text were drawn from its own distributions, so the difference says on which side of that it is.
 *
 * @param from UTF-16 offset: tokens that begin before it are context, and not counted.
 */
export function documentStatistics(text: string, read: ReadTokens, from = 0): DocumentStatistics {
  const { starts, ends, byteLengths, logprobs, ranks: rankOf, entropies } = read;
  const lines = linesOf(text, from);
  const ranks = new Array<number>(rankBuckets.length + 1).fill(0);
  const histogram: number[] = [];
  const sums = { tokens: 0, predicted: 0, nats: 0, bytes: 0 };
  let characters = 0;
  let entropy = 0;
  let line = 0;
  for (let i = 0; i < starts.length; i++) {
    if (starts[i]! < from) continue;
    sums.tokens++;
    if (rankOf[i] === 0) continue;
    const nats = -logprobs[i]!;
    const bits = nats / Math.LN2;
    sums.predicted++;
    sums.nats += nats;
    sums.bytes += byteLengths[i]!;
    const begun = i === 0 ? 0 : ends[i - 1]!;
    // Only where there are more bytes than units can two units be one character.
    const plain = byteLengths[i]! <= ends[i]! - begun;
    characters += plain ? ends[i]! - begun : codePoints(text, begun, ends[i]!);
    entropy += entropies[i]!;
    ranks[rankBucket(rankOf[i]!)]!++;
    const bin = Math.max(0, Math.floor(bits));
    while (histogram.length <= bin) histogram.push(0);
    histogram[bin]!++;

    while (line + 1 < lines.starts.length && lines.starts[line + 1]! <= starts[i]!) line++;
    lines.tokens[line]!++;
    lines.bytes[line]! += byteLengths[i]!;
    lines.bits[line]! += bits;
    const peak = lines.peaks[line]!;
    if (peak < 0 || logprobs[i]! < logprobs[peak]!) lines.peaks[line] = i;
  }
  const { tokens, predicted, bytes } = sums;
  const { nats, bitsPerByte, perplexity } = totalsOf(sums);
  const bits = nats / Math.LN2;
  const mean = (sum: number) => (predicted > 0 ? sum / predicted : null);
  return {
    tokens,
    predicted,
    bytes,
    characters,
    nats,
    bits,
    bitsPerByte,
    bitsPerCharacter: characters > 0 ? bits / characters : null,
    perplexity,
    meanSurprisalBits: mean(bits),
    meanEntropyBits: mean(entropy / Math.LN2),
    differenceBits: mean(bits - entropy / Math.LN2),
    ranks,
    histogram,
    lines,
  };
}

/**
 * The lines of a text from an offset on, each ended by `\r\n`, `\n` or `\r`: behind the last of these
 * there is one more only if something stands there.
 */
function linesOf(text: string, from: number): LineColumns {
  const starts: number[] = [];
  const ends: number[] = [];
  const breaks = /\r\n|\n|\r/g;
  let start = (breaks.lastIndex = from);
  for (let found = breaks.exec(text); found; found = breaks.exec(text)) {
    starts.push(start);
    ends.push(found.index);
    start = breaks.lastIndex;
  }
  if (start < text.length) {
    starts.push(start);
    ends.push(text.length);
  }
  const count = starts.length;
  return {
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    tokens: new Uint32Array(count),
    bytes: new Uint32Array(count),
    bits: new Float64Array(count),
    peaks: new Int32Array(count).fill(-1),
  };
}

/** Code points that begin in a range; half a surrogate pair is one. */
function codePoints(text: string, start: number, end: number): number {
  let count = end - start;
  for (let at = start; at + 1 < end; at++) {
    if (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))) count--;
  }
  return count;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
