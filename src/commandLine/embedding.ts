import { UsageError, type CommandCall } from './call';
import type { Command } from './command';

export const embedding: Command = {
  name: 'embedding',
  about: 'nearest tokens of a token or of a sum such as "king - man + woman"',
  words: 'EXPRESSION',
  options: {
    direction: { about: 'of two expressions: the tokens along the line from one to the other' },
    map: { about: 'of several words: their vectors in two dimensions' },
    matrix: { value: 'WHICH', about: 'embedding (default) or unembedding' },
    measure: { value: 'WHAT', about: 'cosine (default) or dot' },
    'final-norm': { about: 'apply the final norm to the sum before it is compared' },
    'top-k': { value: 'K', about: 'tokens (default 10)' },
  },
  run(call) {
    const { words, engine, model, progress } = call;
    const matrix = oneOf(call, 'matrix', ['embedding', 'unembedding']);
    const measure = oneOf(call, 'measure', ['cosine', 'dot']);
    const topK = call.integer('top-k', { fallback: 10, min: 1 });
    const finalNorm = call.flag('final-norm');
    const [isDirection, isMap] = [call.flag('direction'), call.flag('map')];
    if (isDirection && isMap) throw new UsageError('Give either --direction or --map, not both');
    if (finalNorm && (isDirection || isMap)) {
      throw new UsageError('--final-norm goes with an expression alone');
    }
    if (isMap) return engine.tokenMap({ model, words: [...words], matrix }, progress);
    if (isDirection) {
      const [from, to] = expressions(call, 2);
      return engine.tokenDirection({ model, from, to, matrix, measure, topK }, progress);
    }
    const [expression] = expressions(call, 1);
    const wanted = { model, expression, matrix, measure, finalNorm, topK };
    return engine.nearestTokens(wanted, progress);
  },
};

function expressions(call: CommandCall, count: 1): [string];
function expressions(call: CommandCall, count: 2): [string, string];
function expressions({ words }: CommandCall, count: number): readonly string[] {
  if (words.length === count) return words;
  const needed = count === 1 ? 'one expression' : 'two expressions, as --direction man woman';
  throw new UsageError(`embedding needs ${needed}; put one with spaces in quotes`);
}

/** An option that is one of a few words, by default the first. */
function oneOf<T extends string>(call: CommandCall, name: string, values: readonly T[]): T {
  const value = call.string(name) ?? values[0];
  const known = values.find((word) => word === value);
  if (known === undefined) throw new UsageError(`--${name} is ${values.join(' or ')}`);
  return known;
}
