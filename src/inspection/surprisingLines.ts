import type { LinePiece, SurprisingLine } from '../protocol/documentReport';
import type { LineColumns, ReadTokens } from './documentStatistics';

/** What lines are ranked by. */
export type LineMeasure = 'bits' | 'bitsPerByte';

/** UTF-16 units of a line that are shown; of a longer one, those around its most surprising token. */
const mostUnits = 160;
/** … of which so many come before it, so that it is in sight where there is little room. */
const leadUnits = 20;

/** The value that a line is ranked by; null where nothing was predicted. */
export function lineValue(
  measure: LineMeasure,
  { bits, bytes }: { bits: number; bytes: number },
): number | null {
  if (bytes === 0) return null;
  return measure === 'bits' ? bits : bits / bytes;
}

/** Indices of the `count` most surprising lines, the most surprising first, then as they come. */
export function mostSurprising(
  lines: LineColumns,
  measure: LineMeasure,
  count = Infinity,
): number[] {
  const value = (line: number) =>
    lineValue(measure, { bits: lines.bits[line]!, bytes: lines.bytes[line]! })!;
  const order = (a: number, b: number) => value(b) - value(a) || a - b;
  const best: number[] = [];
  for (let line = 0; line < lines.bytes.length; line++) {
    if (lines.bytes[line] === 0) continue;
    // Most lines of a long text are not among the first: these alone are kept in order.
    const full = best.length >= count;
    if (full && (count === 0 || order(line, best.at(-1)!) > 0)) continue;
    if (full) best.pop();
    best.push(line);
    if (count < Infinity) moveUp(best, order);
  }
  return count < Infinity ? best : best.sort(order);
}

/** Brings the last item of a list that is in order but for it to its place. */
function moveUp(list: number[], order: (a: number, b: number) => number): void {
  const item = list.at(-1)!;
  let at = list.length - 1;
  for (; at > 0 && order(item, list[at - 1]!) < 0; at--) list[at] = list[at - 1]!;
  list[at] = item;
}

/**
 * A line with its tokens, as it is shown to people.
 *
 * @param firstLine number of the text's first line in its document, from 1.
 */
export function surprisingLine(
  text: string,
  read: ReadTokens,
  lines: LineColumns,
  line: number,
  firstLine: number,
): SurprisingLine {
  const peak = lines.peaks[line]!;
  const [lineStart, lineEnd] = [lines.starts[line]!, lines.ends[line]!];
  const [start, end] = excerpt(text, read, peak, lineStart, lineEnd);
  return {
    line: line + firstLine,
    tokens: lines.tokens[line]!,
    bytes: lines.bytes[line]!,
    bits: lines.bits[line]!,
    // Where the end of the line is shown, its line break is too: it was predicted like the rest.
    pieces: pieces(text, read, lineStart, start, end === lineEnd ? lineBreakEnd(text, end) : end),
    cutBefore: start > lineStart,
    cutAfter: end < lineEnd,
    peak: {
      text: text.slice(read.starts[peak], read.ends[peak]),
      bits: -read.logprobs[peak]! / Math.LN2,
      rank: read.ranks[peak]!,
    },
  };
}

/** The stretch of a line that is shown: it begins with a token, and ends with a character. */
function excerpt(
  text: string,
  { starts, ends }: ReadTokens,
  peak: number,
  lineStart: number,
  lineEnd: number,
) {
  if (lineEnd - lineStart <= mostUnits) return [lineStart, lineEnd] as const;
  const wished = Math.max(lineStart, Math.min(starts[peak]! - leadUnits, lineEnd - mostUnits));
  const start = Math.max(lineStart, starts[firstEndingBehind(ends, wished)]!);
  return [start, wholeCharacter(text, Math.min(lineEnd, start + mostUnits))] as const;
}

/** An offset, or the one before it where it would cut a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const code = text.codePointAt(offset - 1) ?? 0;
  return code > 0xffff ? offset - 1 : offset;
}

function lineBreakEnd(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return at < text.length ? at + 1 : at;
}

/**
 * A stretch of a line cut at its tokens; tokens that share a character are one piece, and those that
 * share a line break. One that began on the line before counts there.
 */
function pieces(
  text: string,
  read: ReadTokens,
  lineStart: number,
  from: number,
  to: number,
): LinePiece[] {
  const { starts, ends, logprobs, ranks } = read;
  const result: LinePiece[] = [];
  let covered = from;
  for (let i = firstEndingBehind(ends, from); i < starts.length && starts[i]! < to; i++) {
    const counted = ranks[i] !== 0 && starts[i]! >= lineStart;
    const bits = counted ? -logprobs[i]! / Math.LN2 : null;
    const end = Math.min(ends[i]!, to);
    const last = result.at(-1);
    // The rest of a character, or of the two that end a line.
    if (last && (end <= covered || text.startsWith('\r\n', starts[i]! - 1))) {
      last.text += text.slice(covered, end);
      if (bits !== null) last.bits = (last.bits ?? 0) + bits;
    } else if (end > covered) {
      result.push({ text: text.slice(covered, end), bits });
    }
    covered = Math.max(covered, end);
  }
  return result;
}

function firstEndingBehind(ends: Uint32Array, offset: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
