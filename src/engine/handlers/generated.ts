import type { GeneratedToken } from '../../protocol/inspection';
import { tokenText } from '../../tokenizer/tokenText';
import type { LoadedModel } from '../loadedModel';

/** Tokens that the model chose, with what they say. */
export function generatedTokens(
  { tokenizer, textOf }: LoadedModel,
  tokens: readonly { id: number; logprob: number }[],
): GeneratedToken[] {
  return tokens.map(({ id, logprob }) => {
    const special = id >= tokenizer.vocabSize || id === tokenizer.endOfTextId;
    const bytes = id < tokenizer.vocabSize ? [...tokenizer.bytesOf(id)] : [];
    return { id, text: textOf(id), bytes, logprob, special };
  });
}

/** The text of tokens: their bytes, decoded together; special tokens are not of the text. */
export function generatedText(tokens: readonly GeneratedToken[]): string {
  const bytes = tokens.flatMap((token) => (token.special ? [] : token.bytes));
  return tokenText(Uint8Array.from(bytes));
}
