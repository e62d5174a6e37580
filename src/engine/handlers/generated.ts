import type { GeneratedToken } from '../../protocol/inspection';
import { tokenText } from '../../tokenizer/tokenText';
import type { LoadedModel } from '../loadedModel';
import { tokenOfId } from './tokenOfId';

/** Tokens that the model chose, with what they say. */
export function generatedTokens(
  loaded: LoadedModel,
  tokens: readonly { id: number; logprob: number }[],
): GeneratedToken[] {
  return tokens.map(({ id, logprob }) => ({ ...tokenOfId(loaded, id), logprob }));
}

/** The text of tokens: their bytes, decoded together; special tokens are not of the text. */
export function generatedText(tokens: readonly GeneratedToken[]): string {
  const bytes = tokens.flatMap((token) => (token.special ? [] : token.bytes));
  return tokenText(Uint8Array.from(bytes));
}
