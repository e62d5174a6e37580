import type { GeneratedToken } from '../protocol/inspection';
import { tokenText } from '../tokenizer/tokenText';

/** What the tokens of a branch say together. */
export interface BranchText {
  /** Bytes that are no whole characters are written as `\xNN`. */
  text: string;
  /** The text is exactly what the tokens say: no character is cut through. */
  whole: boolean;
}

/** The bytes of all tokens decoded together; special tokens, such as the end of text, say nothing. */
export function branchText(tokens: readonly GeneratedToken[]): BranchText {
  const bytes = Uint8Array.from(tokens.flatMap((token) => (token.special ? [] : token.bytes)));
  const text = tokenText(bytes);
  return { text, whole: new TextEncoder().encode(text).length === bytes.length };
}
