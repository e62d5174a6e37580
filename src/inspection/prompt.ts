import type { PassOptions } from '../gpt/betweenStages';
import type { GptConfig } from '../gpt/config';
import type { Token, Truncation } from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** A text as the model reads it. */
export interface Prompt {
  tokens: Token[];
  ids: number[];
  /** What the context had no room for. */
  truncated: Truncation | null;
}

/** What a text is read with. */
export interface Reading {
  tokenizer: Tokenizer;
  config: GptConfig;
  /** Put the beginning-of-text token in front. */
  bos: boolean;
  /** Tokens that there is room for: the context, where it is to be one pass. */
  room: number;
}

/**
 * Cuts a text into tokens and keeps the last of them that there is room for, behind the
 * beginning-of-text token where it is wanted.
 *
 * @throws {UserError} where there is no token at all, or no beginning-of-text token.
 */
export async function readPrompt(
  text: string,
  { tokenizer, config, bos, room }: Reading,
  { signal, onProgress }: PassOptions = {},
): Promise<Prompt> {
  const front = bos ? [beginningOfText(tokenizer, config)] : [];
  const encoded = await tokenizer.encode(text, signal, (fraction) =>
    onProgress?.({ stage: 'tokenizing', message: 'Cutting the text into tokens', fraction }),
  );
  const leftOut = Math.max(0, encoded.length + front.length - room);
  const kept = encoded.slice(leftOut);
  const tokens = [...front, ...kept];
  if (tokens.length === 0) {
    throw new UserError('There is no text to inspect. Select some, or put the cursor behind it.');
  }
  return {
    tokens,
    ids: tokens.map(({ id }) => id),
    truncated: leftOut > 0 ? { tokens: leftOut, characters: kept[0]?.start ?? text.length } : null,
  };
}

/** @throws {UserError} where the model has none. */
export function beginningOfText(tokenizer: Tokenizer, { bosTokenId }: GptConfig): Token {
  if (bosTokenId === null) {
    throw new UserError(
      'This model has no beginning-of-text token. Switch the setting "Beginning Of Text" off.',
    );
  }
  return {
    id: bosTokenId,
    text: tokenizer.textOf(bosTokenId),
    bytes: [],
    start: 0,
    end: 0,
    special: true,
  };
}
