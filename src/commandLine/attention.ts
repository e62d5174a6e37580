import type { HeadChoice } from '../protocol/attention';
import { type CommandCall, UsageError } from './call';
import type { Command } from './command';
import { matrix, namedTokens } from './output';

const combined = ['mean', 'max', 'rollout'] as const;

export const attention: Command = {
  name: 'attention',
  about: 'attention patterns of a layer',
  options: {
    layer: { value: 'L', about: 'layer, from 0' },
    head: { value: 'H', about: 'head, from 0; mean, max or rollout (default: all heads)' },
    weighted: { about: 'multiply each weight by the norm of what it moves, v W_O' },
  },
  async run(call) {
    const layer = call.integer('layer');
    const head = headChoice(call);
    const weighted = call.flag('weighted');
    if (weighted && head === 'rollout') throw new UsageError('--weighted has no rollout');
    const { run, tokens } = await call.inspect(1);
    const params = { run, layer, head, weighted };
    const { pattern, heads } = await call.engine.attention(params, call.progress);
    const n = tokens.length;
    const about = { layer, ...(weighted ? { weighted } : {}) };
    const named = namedTokens(tokens);
    if (head !== null) return { ...about, head, tokens: named, pattern: matrix(pattern, n, n) };
    const patterns = heads.map((_, index) => matrix(pattern.subarray(index * n * n), n, n));
    return { ...about, heads, tokens: named, patterns };
  },
};

function headChoice(call: CommandCall): HeadChoice | null {
  const name = call.string('head');
  if (name === undefined) return null;
  const choice = combined.find((known) => known === name);
  if (choice !== undefined) return choice;
  if (/^\d+$/.test(name)) return call.integer('head');
  throw new UsageError(`--head needs a whole number, ${combined.join(', ')}`);
}
