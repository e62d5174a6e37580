import type { DocumentLines } from '../protocol/documentReport';
import type { LineColumns, ReadTokens } from './documentStatistics';

/** All lines of a text, to be listed. @param mostUnits of a text that is longer, the end is cut. */
export function documentLines(
  text: string,
  { starts, ends, logprobs, ranks }: ReadTokens,
  lines: LineColumns,
  first: number,
  mostUnits = Infinity,
): DocumentLines {
  const peaks = Array.from(lines.peaks);
  const ofPeaks = <T>(value: (peak: number) => T, none: T) =>
    peaks.map((peak) => (peak < 0 ? none : value(peak)));
  return {
    first,
    texts: Array.from(lines.starts, (start, line) => {
      const end = lines.ends[line]!;
      if (end - start <= mostUnits) return text.slice(start, end);
      return `${text.slice(start, start + mostUnits - 1)}…`;
    }),
    tokens: lines.tokens,
    bytes: lines.bytes,
    bits: lines.bits,
    peakTexts: ofPeaks((peak) => text.slice(starts[peak], ends[peak]), ''),
    peakBits: Float64Array.from(ofPeaks((peak) => -logprobs[peak]! / Math.LN2, 0)),
    peakRanks: Uint32Array.from(ofPeaks((peak) => ranks[peak]!, 0)),
  };
}

/** One line, in the words of the command line's contract. */
export interface DocumentLine {
  line: number;
  text: string;
  tokens: number;
  bytes: number;
  bits: number;
  /** Null, as its most surprising token, where nothing was predicted. */
  bitsPerByte: number | null;
  peak: { text: string; bits: number; rank: number } | null;
}

export function documentLine(lines: DocumentLines, at: number): DocumentLine {
  const { first, texts, tokens, bytes, bits, peakTexts, peakBits, peakRanks } = lines;
  const known = bytes[at]! > 0;
  return {
    line: first + at,
    text: texts[at]!,
    tokens: tokens[at]!,
    bytes: bytes[at]!,
    bits: bits[at]!,
    bitsPerByte: known ? bits[at]! / bytes[at]! : null,
    peak: known ? { text: peakTexts[at]!, bits: peakBits[at]!, rank: peakRanks[at]! } : null,
  };
}

export const lineTableColumns = [
  'line',
  'bits',
  'bits per byte',
  'tokens',
  'bytes',
  'most surprising token',
  'its bits',
  'its rank',
  'text',
] as const;

/** A line as a row of a table. */
export function lineTableRow(of: DocumentLine): (string | number | null)[] {
  const { line, text, tokens, bytes, bits, bitsPerByte, peak } = of;
  const { text: token, bits: peakBits, rank } = peak ?? { text: null, bits: null, rank: null };
  return [line, bits, bitsPerByte, tokens, bytes, token, peakBits, rank, text];
}
