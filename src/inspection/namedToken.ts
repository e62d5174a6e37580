import { UserError } from '../protocol/userError';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { displayToken } from '../tokenizer/tokenDisplay';

/**
 * The token that a person means. Digits are a token's id; text in quotes is taken as it is; any
 * other text is first tried as the word that it is inside of a sentence, with a space before it.
 *
 * @throws {UserError} where there is no such token, or where the text is several tokens.
 */
export async function namedToken(
  name: string | number,
  tokenizer: Tokenizer,
  vocabSize: number,
): Promise<number> {
  if (typeof name === 'number' || /^\d+$/.test(name)) {
    const id = Number(name);
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) return id;
    throw new UserError(`There is no token ${name}: ids go from 0 to ${vocabSize - 1}.`);
  }
  const quoted = /^(["'])(.*)\1$/s.exec(name)?.[2];
  const text = quoted ?? name;
  if (text === '') throw new UserError('An empty text names no token. Write a word or a token id.');
  const special = tokenizer.specialTokens.find((token) => token.text === text);
  if (special && special.id < vocabSize) return special.id;
  const inSentence = quoted === undefined && !/^\s/.test(text) ? ` ${text}` : null;
  const found = (inSentence === null ? null : tokenizer.find(inSentence)) ?? tokenizer.find(text);
  if (found !== null) return found;
  const tokens = await tokenizer.encode(text);
  const parts = tokens.slice(0, 8).map((token) => displayToken(token.text));
  throw new UserError(
    `"${text}" is ${tokens.length} tokens (${parts.join(' ')}${tokens.length > 8 ? ' …' : ''}), ` +
      'but one is needed. Write a shorter word, or a token id.',
  );
}
