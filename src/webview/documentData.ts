import { documentLine, lineTableColumns, lineTableRow } from '../inspection/documentLines';
import { rankShares } from '../inspection/tokenMeasure';
import type { DocumentLines, DocumentReport, SurprisingLine } from '../protocol/documentReport';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/** The statistics of a document as data, in the words of the command line, with the lines at hand. */
export function documentData(report: DocumentReport, lines: DocumentLines | null): SectionTable {
  const { ranks, histogram, ...totals } = report.figures!;
  const each = lines
    ? lines.texts.map((_, at) => documentLine(lines, at))
    : report.surprising.slice(0, report.ordered).map(lineOf);
  return {
    name: `statistics-${report.source.replace(/[^\p{L}\p{N}.]+/gu, '-')}`,
    columns: lineTableColumns,
    rows: each.map((line) => lineTableRow({ ...line, peak: line.peak && drawn(line.peak) })),
    json: {
      source: report.source,
      model: report.model,
      read: report.fraction,
      totals,
      ranks: rankShares(ranks),
      histogram,
      lines: { count: report.lines, all: lines !== null, each },
    },
  };
}

/** What is told of a surprising line, as of all lines. */
function lineOf({ line, bits, bytes, tokens, peak, ...shown }: SurprisingLine) {
  const text = shown.pieces.map((piece) => piece.text).join('').replace(/[\r\n]+$/, ''); // prettier-ignore
  return {
    line,
    text: `${shown.cutBefore ? '…' : ''}${text}${shown.cutAfter ? '…' : ''}`,
    tokens,
    bytes,
    bits,
    bitsPerByte: bits / bytes,
    peak,
  };
}

/** With the invisible characters of its text drawn, as in all tables of the panel. */
function drawn(peak: SurprisingLine['peak']): SurprisingLine['peak'] {
  return { ...peak, text: displayToken(peak.text) };
}
