import type { Model } from '../gpt/model';
import { tokenVectors } from '../gpt/probes/tokenVectors';
import type { MapParams, TokenMap } from '../protocol/embeddings';
import { UserError } from '../protocol/userError';
import { namedToken } from './namedToken';
import { principalComponents } from './principalComponents';
import type { TokenNames } from './tokenVectorSum';

/** More words could neither be read in a picture nor be laid out in a moment. */
const maxWords = 200;

/**
 * Chosen words in two dimensions: their vectors along the first two principal components of just
 * these vectors. A word that is there twice is taken once.
 *
 * @throws {UserError} where a word is no token, or where there are fewer than two, or too many.
 */
export async function tokenMap(
  model: Model,
  { words, matrix }: Omit<MapParams, 'model'>,
  { tokenizer, vocabSize, textOf }: TokenNames,
): Promise<TokenMap> {
  if (words.length > maxWords) {
    throw new UserError(`A map takes up to ${maxWords} words, not ${words.length}. Leave some out.`); // prettier-ignore
  }
  const named = new Set<number>();
  for (const word of words) named.add(await namedToken(word, tokenizer, vocabSize));
  const ids = [...named];
  if (ids.length < 2) {
    throw new UserError('A map needs at least two different tokens. Write more words.');
  }
  const vectors = await tokenVectors(model, matrix, ids);
  const { coordinates, explained } = principalComponents(vectors, ids.length, 2);
  return {
    points: ids.map((id, i) => ({
      id,
      text: textOf(id),
      x: coordinates[0]![i]!,
      y: coordinates[1]![i]!,
    })),
    matrix,
    tied: model.description.tied,
    explained: [explained[0]!, explained[1]!],
  };
}
