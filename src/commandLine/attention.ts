import type { Command } from './command';
import { matrix, namedTokens } from './output';

export const attention: Command = {
  name: 'attention',
  about: 'attention patterns of a layer',
  options: {
    layer: { value: 'L', about: 'layer, from 0' },
    head: { value: 'H', about: 'head, from 0 (default: all heads)' },
  },
  async run(call) {
    const layer = call.integer('layer');
    const head = call.has('head') ? call.integer('head') : null;
    const { run, tokens } = await call.inspect(1);
    const { pattern, heads } = await call.engine.attention({ run, layer, head }, call.progress);
    const n = tokens.length;
    const patterns = heads.map((_, index) => matrix(pattern.subarray(index * n * n), n, n));
    const named = namedTokens(tokens);
    return head === null
      ? { layer, heads, tokens: named, patterns }
      : { layer, head, tokens: named, pattern: patterns[0] };
  },
};
