import { resolve } from 'node:path';
import { compareInspections } from '../inspection/comparison';
import type { Inspection } from '../protocol/inspection';
import { readText, UsageError, type CommandCall } from './call';
import type { Command } from './command';
import { namedTokens } from './output';

export const compare: Command = {
  name: 'compare',
  about: 'two texts, or one text under two models: the surprisal of each token',
  options: {
    with: { value: 'T', about: 'the second text; or:' },
    'with-file': { value: 'F', about: 'a file that holds it; or:' },
    'with-model': { value: 'PATH', about: 'the same text under another model of this vocabulary' },
  },
  async run(call) {
    const given = ['with', 'with-file', 'with-model'].filter((name) => call.has(name));
    if (given.length !== 1)
      throw new UsageError('Give one of --with, --with-file and --with-model');
    const text = await call.text();
    const a = await call.inspect(1, text);
    const b = await second(call, text);
    const comparison = compareInspections(a, b);
    return {
      a: side(a),
      b: side(b),
      ...comparison,
      pairs: comparison.pairs.map((pair) => ({
        ...pair,
        id: a.tokens[pair.a]!.id,
        text: a.tokens[pair.a]!.text,
      })),
    };
  },
};

async function second(call: CommandCall, text: string): Promise<Inspection> {
  const folder = call.string('with-model');
  if (folder !== undefined) {
    const model = { ...call.model, folder: resolve(folder) };
    return call.engine.inspect({ model, text, topK: 1, ...call.reading }, call.progress);
  }
  const file = call.string('with-file');
  if (file === undefined) return call.inspect(1, call.string('with'));
  return call.inspect(1, await readText(file));
}

function side({ model, tokens, totals, truncated }: Inspection) {
  return { model: model.name, tokens: namedTokens(tokens), totals, truncated };
}
