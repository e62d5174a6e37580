import {
  documentLine,
  documentLines,
  lineTableColumns,
  lineTableRow,
} from '../inspection/documentLines';
import { documentStatistics } from '../inspection/documentStatistics';
import { enter, firstUnknown, unreadText, type ReadText } from '../inspection/readText';
import { csv } from '../inspection/csv';
import { mostSurprising, type LineMeasure } from '../inspection/surprisingLines';
import { rankShares } from '../inspection/tokenMeasure';
import { UsageError, type CommandCall } from './call';
import { PlainText, type Command } from './command';

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

/** Reads a text of any length window by window, as the editor does. */
async function readWhole(call: CommandCall, text: string): Promise<ReadText & { stride: number }> {
  const { model, engine, progress } = call;
  const wished = call.has('stride') ? call.integer('stride', { min: 1 }) : undefined;
  const params = { model, text, bos: call.flag('bos'), stride: wished };
  const read = unreadText(await engine.tokenizeDocument(params, progress), 1);
  const { ids, windows } = read;
  for (const window of windows) {
    const unknown = firstUnknown(read, window);
    // The last token of a text is followed by none.
    if (unknown === undefined) continue;
    const { start, end, first } = window;
    progress.onProgress?.({
      stage: 'forward',
      message: `Token ${first} of ${ids.length}`,
      fraction: first / ids.length,
    });
    const place = { ids: ids.slice(start, end + 1), first: first - start };
    enter(read, unknown, await engine.readWindow({ model, ...place, topK: 1 }));
  }
  return { ...read, stride: wished ?? Math.ceil(read.model.nCtx / 2) };
}
