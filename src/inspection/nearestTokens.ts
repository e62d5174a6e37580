import type { Model } from '../gpt/model';
import { rankTokens } from '../gpt/probes/tokenVectors';
import type { NearestParams, NearestTokens } from '../protocol/embeddings';
import { UserError } from '../protocol/userError';
import { isNothing, readTokenExpression, vectorSum, type TokenNames } from './tokenVectorSum';

/**
 * The tokens whose vectors are nearest to a sum of token vectors (Mikolov et al. 2013), without the
 * tokens of the sum itself.
 *
 * @throws {UserError} where the expression is not such a sum, or nothing is left of it.
 */
export async function nearestTokens(
  model: Model,
  { expression, matrix, measure, finalNorm, topK }: Omit<NearestParams, 'model'>,
  names: TokenNames,
): Promise<NearestTokens> {
  const terms = await readTokenExpression(expression, names);
  const { vector, extent } = await vectorSum(model, matrix, terms);
  const length = Math.hypot(...vector);
  if (isNothing(length, extent)) {
    throw new UserError('The terms cancel each other out: nothing is left to compare. Change a sign or a number.'); // prettier-ignore
  }
  const own = new Set(terms.map(({ id }) => id));
  const query = Float32Array.from(vector);
  const ranking = { by: measure, matrix, finalNorm };
  const ends = await rankTokens(model, query, ranking, topK + own.size);
  const scores = ends.topScores[0]!;
  const tokens = ends.topIds[0]!.map((id, i) => ({ id, text: names.textOf(id), score: scores[i]! }))
    .filter(({ id }) => !own.has(id))
    .slice(0, topK);
  const { tied } = model.description;
  return { terms, matrix, tied, measure, finalNorm, length, tokens };
}
