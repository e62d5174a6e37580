import {
  alignedHunk,
  type ComparedText,
  type DocumentComparison,
  type Hunk,
} from './documentComparison';
import { linesOf, type LineRange } from './lineAlignment';

/** Longest excerpt of a hunk that stands for it in a list. */
const mostCharacters = 80;

/** A hunk for people and files: its lines are counted from 1. */
export interface ReportedHunk extends Omit<
  Hunk,
  'linesBefore' | 'linesAfter' | 'tokensBefore' | 'tokensAfter'
> {
  linesBefore: { line: number; count: number };
  linesAfter: { line: number; count: number };
  tokensBefore: number;
  tokensAfter: number;
  words: string;
}

/** The hunks of a comparison, each with its first words: of the text after, or of what was taken out. */
export function reportedHunks(
  { hunks }: DocumentComparison,
  before: Pick<ComparedText, 'text'>,
  after: Pick<ComparedText, 'text'>,
): ReportedHunk[] {
  const [textBefore, textAfter] = [linesOf(before.text), linesOf(after.text)];
  const lines = ({ start, end }: LineRange) => ({ line: start + 1, count: end - start });
  return hunks.map((hunk) => {
    const { linesBefore, linesAfter, tokensBefore, tokensAfter } = hunk;
    const excerpt = firstChange(
      textBefore.slice(linesBefore.start, linesBefore.end),
      textAfter.slice(linesAfter.start, linesAfter.end),
    );
    return {
      ...hunk,
      linesBefore: lines(linesBefore),
      linesAfter: lines(linesAfter),
      tokensBefore: tokensBefore.end - tokensBefore.start,
      tokensAfter: tokensAfter.end - tokensAfter.start,
      words: excerpt,
    };
  });
}

/**
 * The words that a change begins with: of its lines in the text after, the first that is no empty one;
 * where nothing is left of it, of the lines before. Of a long line, the part where it is another.
 */
function firstChange(before: readonly string[], after: readonly string[]): string {
  const shown = (lines: readonly string[]) => lines.find((line) => line.trim() !== '');
  const line = shown(after) ?? shown(before) ?? '';
  const other = shown(after) === undefined ? '' : (shown(before) ?? '');
  let same = 0;
  while (same < line.length && same < other.length && line[same] === other[same]) same++;
  if (line.trimEnd().length <= mostCharacters || same < mostCharacters / 2) {
    return cut(line.trim());
  }
  // From the beginning of a word some way before the difference.
  const from = line.lastIndexOf(' ', same - mostCharacters / 4) + 1;
  return `…${cut(line.slice(from).trim())}`;
}

function cut(text: string): string {
  if (text.length <= mostCharacters) return text;
  // Not in the middle of a character.
  return `${Array.from(text.slice(0, mostCharacters)).slice(0, -1).join('')}…`;
}

/**
 * All that a comparison says, as the command line prints it. Logprobs are given as bits; null where
 * nothing was expected.
 */
export function changesReport(
  comparison: DocumentComparison,
  before: ComparedText,
  after: ComparedText,
  textOf: (id: number) => string,
) {
  const { hunks, ...figures } = comparison;
  const token = ({ ids, logprobs }: ComparedText, index: number) => ({
    index,
    id: ids[index]!,
    text: textOf(ids[index]!),
    bits: Number.isNaN(logprobs[index]!) ? null : -logprobs[index]! / Math.LN2,
  });
  const range = (text: ComparedText, { start, end }: { start: number; end: number }) =>
    Array.from({ length: end - start }, (_, i) => token(text, start + i));
  return {
    ...figures,
    hunks: reportedHunks(comparison, before, after).map((reported, i) => ({
      ...reported,
      stretches: alignedHunk(before, after, hunks[i]!).map(({ kind, a, b }) => ({
        kind,
        before: range(before, a),
        after: range(after, b),
      })),
    })),
  };
}
