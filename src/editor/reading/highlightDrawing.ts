import * as vscode from 'vscode';
import type { TokenMeasure } from '../../inspection/tokenMeasure';
import type { HighlightSettings } from './highlightSettings';
import { lineBits } from './lineBits';
import type { OpenReading } from './openReading';
import { levelSpans, peaks } from './tokenSpans';

/** Lines around those on screen that are drawn too, so that scrolling does not outrun the colours. */
const margin = 40;
/** VS Code renders no more of a line (`editor.stopRenderingLineAfter`). */
const longestLine = 10_000;
const mostPeaks = 500;

/** What an editor's highlights are: ranges of the document. */
export interface HighlightDrawing {
  measure: TokenMeasure;
  /** For each level from 1 to 4. */
  levels: vscode.Range[][];
  peaks: vscode.Range[];
  lineBits: vscode.DecorationOptions[];
}

export const nothing: HighlightDrawing = {
  measure: 'surprisal',
  levels: [[], [], [], []],
  peaks: [],
  lineBits: [],
};

/** The highlights of an editor that shows these ranges: around them, and peaks of all the document. */
export function highlightDrawing(
  open: OpenReading,
  visibleRanges: readonly vscode.Range[],
  { measure, surprisingBits, lineBits: noted }: HighlightSettings,
): HighlightDrawing {
  const { document, reading } = open;
  const { text } = reading;
  if (!text) return nothing;
  const stretches = around(visibleRanges, document);
  const spans = stretches.map((lines) => levelSpans(text, measure, open.tokensIn(lines)));
  const levels = [1, 2, 3, 4].map((level) =>
    spans
      .flatMap((levels) => levels[level]!.map((span) => open.rangeOfSpan(span)))
      .filter(({ start }) => start.character < longestLine),
  );
  const shown = open.tokensIn(whole(document));
  return {
    measure,
    levels,
    peaks: peaks(text, surprisingBits, mostPeaks)
      .filter((token) => token >= shown.first && token < shown.last)
      .map((token) => open.rangeOf(token)),
    lineBits: noted ? stretches.flatMap((lines) => lineNotes(open, lines)) : [],
  };
}

/** The bits of each line, at its end. */
function lineNotes(open: OpenReading, lines: vscode.Range): vscode.DecorationOptions[] {
  const notes: vscode.DecorationOptions[] = [];
  for (let line = lines.start.line; line <= lines.end.line; line++) {
    const { range, rangeIncludingLineBreak } = open.document.lineAt(line);
    const span = open.spanOf(rangeIncludingLineBreak);
    if (!span || range.end.character > longestLine) continue;
    const { first } = open.tokensIn(rangeIncludingLineBreak);
    const bits = lineBits(open.reading.text!, first, span);
    if (bits === null) continue;
    notes.push({
      range: new vscode.Range(range.end, range.end),
      renderOptions: { after: { contentText: `${bits.toFixed(1)} bits` } },
    });
  }
  return notes;
}

function whole(document: vscode.TextDocument): vscode.Range {
  const last = document.lineAt(document.lineCount - 1);
  return new vscode.Range(new vscode.Position(0, 0), last.range.end);
}

/** The lines on screen, and some more; ranges that would overlap are one. */
function around(
  visibleRanges: readonly vscode.Range[],
  document: vscode.TextDocument,
): vscode.Range[] {
  const ranges: vscode.Range[] = [];
  for (const { start, end } of visibleRanges) {
    const first = Math.max(0, start.line - margin);
    const last = Math.min(document.lineCount - 1, end.line + margin);
    const range = new vscode.Range(new vscode.Position(first, 0), document.lineAt(last).range.end);
    const before = ranges.at(-1);
    if (before?.intersection(range)) ranges[ranges.length - 1] = before.union(range);
    else ranges.push(range);
  }
  return ranges;
}
