import type { PassOptions } from '../gpt/betweenStages';
import type { GptConfig } from '../gpt/config';
import type { Token, Truncation } from '../protocol/inspection';
import type { TextReading } from '../protocol/textReading';
import { UserError } from '../protocol/userError';
import type { EncodedText } from '../tokenizer/encodedText';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** A text as the model reads it. */
export interface Prompt {
  tokens: Token[];
  ids: number[];
  /** What the context had no room for. */
  truncated: Truncation | null;
}

/** What a text is read with. */
export interface Reading extends TextReading {
  tokenizer: Tokenizer;
  config: GptConfig;
  /** Tokens that there is room for: the context, where it is to be one pass. */
  room: number;
  /** The tokens to keep, instead of the last ones. */
  window?: { start: number; end: number } | undefined;
}

/**
 * Cuts a text into tokens and keeps the last of them that there is room for, behind the
 * beginning-of-text token where it is wanted; or keeps a window of them, of which the
 * beginning-of-text token is one where the window begins at 0.
 *
 * @throws {UserError} where there is no token at all, no beginning-of-text token, or no such window.
 */
export async function readPrompt(
  text: string,
  { room, window, ...reading }: Reading,
  { signal, onProgress }: PassOptions = {},
): Promise<Prompt> {
  const front = beginningOfText(reading);
  const encoded = await encode(text, reading, { signal, onProgress });
  const all = front.length + encoded.length;
  if (window) {
    const { start, end } = window;
    if (!(start >= 0 && start < end && end <= all && end - start <= room)) {
      throw new UserError(
        'The text does not have the tokens that were to be inspected: inspect it again.',
      );
    }
    const kept = encoded.slice(Math.max(0, start - front.length), end - front.length);
    const tokens = start < front.length ? [...front, ...kept] : kept;
    return prompt(tokens, start, kept[0]?.start ?? 0);
  }
  const leftOut = Math.max(0, all - room);
  const kept = encoded.slice(leftOut);
  const tokens = [...front, ...kept];
  if (tokens.length === 0) {
    throw new UserError('There is no text to inspect. Select some, or put the cursor behind it.');
  }
  return prompt(tokens, leftOut, kept[0]?.start ?? text.length);
}

function prompt(tokens: Token[], leftOut: number, characters: number): Prompt {
  return {
    tokens,
    ids: tokens.map(({ id }) => id),
    truncated: leftOut > 0 ? { tokens: leftOut, characters } : null,
  };
}

/** The text's tokens, without any in front. */
export function encode(
  text: string,
  { tokenizer, specialTokens }: Pick<Reading, 'tokenizer' | 'specialTokens'>,
  { signal, onProgress }: PassOptions = {},
): Promise<EncodedText> {
  const tell = (fraction: number) =>
    onProgress?.({ stage: 'tokenizing', message: 'Cutting the text into tokens', fraction });
  return tokenizer.encode(text, signal, tell, specialTokens);
}

/** The token that stands for the beginning of a text; null where the vocabulary has none. */
export function bosTokenId(
  { addsBos, bosTokenId: own }: Pick<Tokenizer, 'addsBos' | 'bosTokenId'>,
  config: Pick<GptConfig, 'bosTokenId'>,
): number | null {
  // What the tokenizer puts in front is what the model was trained with, whatever its configuration
  // says; where it puts nothing there, the configuration knows better.
  return addsBos ? own : (config.bosTokenId ?? own);
}

/**
 * What is put before the text: the beginning-of-text token, or nothing.
 * @throws {UserError} where it is wanted and there is none.
 */
export function beginningOfText({
  tokenizer,
  config,
  bos,
}: Pick<Reading, 'tokenizer' | 'config' | 'bos'>): Token[] {
  if (bos === 'auto' ? !tokenizer.addsBos : !bos) return [];
  const id = bosTokenId(tokenizer, config);
  if (id === null) {
    throw new UserError(
      'This model has no beginning-of-text token: set forwardPass.beginningOfText to "auto", or ' +
        'leave --bos out.',
    );
  }
  const text = tokenizer.has(id) ? tokenizer.textOf(id) : `<unused ${id}>`;
  return [{ id, text, bytes: [], start: 0, end: 0, special: true }];
}
