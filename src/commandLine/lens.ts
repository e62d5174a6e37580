import type { LensTable } from '../protocol/lens';
import type { Command } from './command';
import { namedTokens } from './output';

export const lens: Command = {
  name: 'lens',
  about: 'what would be predicted after each layer (logit lens)',
  options: {
    position: { value: 'P', about: 'token, from 0; negative from the end (default: the last)' },
    'top-k': { value: 'K', about: 'tokens in each list (default 10)' },
    all: { about: 'every position: only the likeliest token after each layer' },
  },
  async run(call) {
    const topK = call.integer('top-k', { fallback: 10, min: 1 });
    const { run, tokens } = await call.inspect(1);
    const named = namedTokens(tokens);
    if (call.flag('all')) {
      const params = { run, from: 0, to: tokens.length };
      const table = await call.engine.lensTable(params, call.progress);
      return { tokens: named, streams: tableRows(table) };
    }
    const position = call.position(tokens.length);
    const { final, actual, streams } = await call.engine.lens(
      { run, position, topK },
      call.progress,
    );
    return { position, token: named[position], final, actual, streams };
  },
};

/** The table row by row: the embedding, then what comes after each block. */
function tableRows(table: LensTable) {
  const { layers, positions } = table;
  return Array.from({ length: layers }, (_, row) => ({
    ...(row === 0 ? { stream: 'residPre', layer: 0 } : { stream: 'residPost', layer: row - 1 }),
    positions: Array.from({ length: positions }, (_, column) => {
      const cell = row * positions + column;
      return {
        id: table.topIds[cell],
        text: table.topTexts[cell],
        probability: table.topProbability[cell],
        finalProbability: table.finalProbability[cell],
        klToFinal: table.klToFinal[cell],
      };
    }),
  }));
}
