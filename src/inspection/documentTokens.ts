import type { PassOptions } from '../gpt/betweenStages';
import type { TokenColumns } from '../protocol/reading';
import { beginningOfText, encode, type Reading } from './prompt';

/**
 * All tokens of a text that may be far longer than a context, behind the beginning-of-text token
 * where it is wanted. A text without tokens gives none.
 *
 * @throws {UserError} where there is no beginning-of-text token.
 */
export async function documentTokens(
  text: string,
  reading: Omit<Reading, 'room'>,
  options: PassOptions = {},
): Promise<TokenColumns> {
  const [front] = beginningOfText(reading);
  const columns = (await encode(text, reading, options)).columns();
  if (!front) return columns;
  const { id } = front;
  return {
    ids: behind(id, columns.ids),
    starts: behind(0, columns.starts),
    ends: behind(0, columns.ends),
    byteLengths: behind(0, columns.byteLengths),
  };
}

function behind(front: number, rest: Uint32Array): Uint32Array {
  const result = new Uint32Array(rest.length + 1);
  result[0] = front;
  result.set(rest, 1);
  return result;
}
