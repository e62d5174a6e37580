import {
  documentLine,
  documentLines,
  lineTableColumns,
  lineTableRow,
} from '../inspection/documentLines';
import { documentStatistics } from '../inspection/documentStatistics';
import { csv } from '../inspection/csv';
import { mostSurprising, type LineMeasure } from '../inspection/surprisingLines';
import { rankShares } from '../inspection/tokenMeasure';
import { UsageError, type CommandCall } from './call';
import { PlainText, type Command } from './command';
import { readWhole } from './readWhole';

export const statistics: Command = {
  name: 'statistics',
  about: 'what a whole text comes to: perplexity, bits per byte, ranks, surprising lines',
  options: {
    stride: { value: 'N', about: 'windows move on by N tokens (default: half of the context)' },
    lines: { value: 'K', about: 'the K most surprising lines (default 20; with --csv all)' },
    by: { value: 'BY', about: 'bits (default), or bitsPerByte: what lines are ranked by' },
    csv: { about: 'one row for each line, in place of JSON; with --lines the first K' },
  },
  async run(call) {
    const by = lineMeasure(call);
    const count = call.has('lines') ? call.integer('lines') : null;
    const text = await call.text();
    const { model, ...read } = await readWhole(call, text);
    const { lines, ranks, histogram, ...totals } = documentStatistics(text, read);
    const listed = documentLines(text, read, lines, 1);
    if (call.flag('csv')) {
      const all = listed.texts.map((_, line) => line);
      const chosen = count === null ? all : mostSurprising(lines, by, count);
      return new PlainText(
        csv([lineTableColumns, ...chosen.map((line) => lineTableRow(documentLine(listed, line)))]),
      );
    }
    const { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters } = model;
    return {
      model: { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters },
      stride: read.stride,
      totals,
      ranks: rankShares(ranks),
      histogram,
      lines: {
        count: listed.texts.length,
        by,
        top: mostSurprising(lines, by, count ?? 20).map((line) => documentLine(listed, line)),
      },
    };
  },
};

function lineMeasure(call: CommandCall): LineMeasure {
  const by = call.string('by') ?? 'bits';
  if (by === 'bits' || by === 'bitsPerByte') return by;
  throw new UsageError('--by needs bits or bitsPerByte');
}
