import type { PassOptions } from '../gpt/betweenStages';
import type { TokenColumns } from '../protocol/reading';
import { beginningOfText, type Reading } from './prompt';

/**
 * All tokens of a text that may be far longer than a context, behind the beginning-of-text token
 * where it is wanted. A text without tokens gives none.
 *
 * @throws {UserError} where there is no beginning-of-text token.
 */
export async function documentTokens(
  text: string,
  { tokenizer, config, bos }: Omit<Reading, 'room'>,
  { signal, onProgress }: PassOptions = {},
): Promise<TokenColumns> {
  const encoded = await tokenizer.encode(text, signal, (fraction) =>
    onProgress?.({ stage: 'tokenizing', message: 'Cutting the text into tokens', fraction }),
  );
  const columns = encoded.columns();
  if (!bos) return columns;
  const { id } = beginningOfText(tokenizer, config);
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
