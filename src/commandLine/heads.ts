import type { HeadScores } from '../protocol/attention';
import { UsageError } from './call';
import type { Command } from './command';

const scoreNames = [
  'entropy',
  'previousToken',
  'firstToken',
  'sameToken',
  'induction',
] as const satisfies readonly (keyof HeadScores)[];

export const heads: Command = {
  name: 'heads',
  about: 'what each head is like: its scores as one kind or another',
  options: {
    layer: { value: 'L', about: 'only this layer, from 0 (default: all layers)' },
    sort: { value: 'SCORE', about: `highest first: ${scoreNames.join(', ')}` },
  },
  async run(call) {
    const only = call.has('layer') ? call.integer('layer') : null;
    const sort = call.string('sort');
    const score = scoreNames.find((name) => name === sort);
    if (sort !== undefined && score === undefined) {
      throw new UsageError(`--sort needs one of ${scoreNames.join(', ')}`);
    }
    const { run, model, tokens } = await call.inspect(1);
    const layers = only === null ? Array.from({ length: model.nLayer }, (_, i) => i) : [only];
    const rows = [];
    for (const layer of layers) {
      const { scores } = await call.engine.headSummary({ run, layer, size: 1 }, call.progress);
      for (const [head, own] of scores.entries()) {
        rows.push({ name: `L${layer}H${head}`, layer, head, ...own });
      }
    }
    if (score) rows.sort((a, b) => (b[score] ?? -Infinity) - (a[score] ?? -Infinity));
    return { tokens: tokens.length, heads: rows };
  },
};
