import type { Model } from '../gpt/model';
import { rankTokens, tokenVectors } from '../gpt/probes/tokenVectors';
import type { DirectedToken, DirectionParams, TokenDirection } from '../protocol/embeddings';
import { UserError } from '../protocol/userError';
import { isNothing, readTokenExpression, vectorSum, type TokenNames } from './tokenVectorSum';

/**
 * The direction from one token (or sum of tokens) to another, and the tokens that lie furthest along
 * it at either end, without those that define it.
 *
 * @throws {UserError} where either is no expression of tokens, or both are the same vector.
 */
export async function tokenDirection(
  model: Model,
  { from, to, matrix, measure, topK }: Omit<DirectionParams, 'model'>,
  names: TokenNames,
): Promise<TokenDirection> {
  const start = await vectorSum(model, matrix, await readTokenExpression(from, names));
  const end = await vectorSum(model, matrix, await readTokenExpression(to, names));
  const difference = end.vector.map((value, k) => value - start.vector[k]!);
  const length = Math.hypot(...difference);
  if (isNothing(length, start.extent + end.extent)) {
    throw new UserError('Both ends are the same vector, so there is no direction between them. Choose another token.'); // prettier-ignore
  }
  const unit = difference.map((value) => value / length);
  const own = new Set([...start.terms, ...end.terms].map(({ id }) => id));
  const ranking = { by: measure, matrix, finalNorm: false };
  const ends = await rankTokens(model, Float32Array.from(unit), ranking, topK + own.size);
  const along = async (ids: number[]) => {
    const others = ids.filter((id) => !own.has(id)).slice(0, topK);
    return directed(await tokenVectors(model, matrix, others), unit, others, names);
  };
  return {
    from: { terms: start.terms, ...place(start.vector, unit) },
    to: { terms: end.terms, ...place(end.vector, unit) },
    matrix,
    tied: model.description.tied,
    measure,
    length,
    toward: await along(ends.topIds[0]!),
    away: await along(ends.bottomIds[0]!),
  };
}

function directed(
  rows: Float32Array, // [ids, nEmbd]
  unit: Float64Array, // [nEmbd]
  ids: number[],
  { textOf }: TokenNames,
): DirectedToken[] {
  const size = unit.length;
  return ids.map((id, i) => {
    const row = rows.subarray(i * size, (i + 1) * size);
    return { id, text: textOf(id), ...place(row, unit) };
  });
}

/** Where a vector lies along a direction of length 1; a vector of zeros is at right angles to all. */
function place(vector: Float32Array | Float64Array, unit: Float64Array) {
  const projection = unit.reduce((sum, value, k) => sum + value * vector[k]!, 0);
  const length = Math.hypot(...vector);
  return { projection, cosine: length > 0 ? projection / length : 0 };
}
