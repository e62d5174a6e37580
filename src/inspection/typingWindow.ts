import type { PassOptions } from '../gpt/betweenStages';
import { beginningOfText, encode, type Reading } from './prompt';
import { UserError } from '../protocol/userError';

/**
 * Where the reading of a growing text begins: at a multiple of half the room, so that it stays where
 * it is while the text grows by half the room, and what was computed stays valid. It depends on the
 * number of tokens alone.
 *
 * @param length tokens of the text.
 * @param room tokens that the context has room for; from 1.
 * @returns the first token that is read; it leaves from half of the room, rounded up, to all of it.
 */
export function typingWindow(length: number, room: number): number {
  if (length <= room) return 0;
  const step = Math.max(1, Math.floor(room / 2));
  return Math.ceil((length - room) / step) * step;
}

/** The part of a text that is read for what comes after it. */
export interface TypedText {
  ids: number[];
  /** UTF-16 offset in the text where it begins. */
  from: number;
}

/** @throws {UserError} where there is no token at all, or no beginning-of-text token. */
export async function readTypedText(
  text: string,
  reading: Omit<Reading, 'room'>,
  { signal }: PassOptions = {},
): Promise<TypedText> {
  const front = beginningOfText(reading).map(({ id }) => id);
  const encoded = await encode(text, reading, { signal });
  const room = reading.config.nCtx - front.length;
  const first = room < 1 ? encoded.length : typingWindow(encoded.length, room);
  const ids = [...front, ...encoded.ids(first)];
  if (ids.length === 0) {
    throw new UserError('Nothing stands before the cursor, so there is nothing to predict from.');
  }
  return {
    ids,
    from: first === 0 ? 0 : (encoded.slice(first, first + 1)[0]?.start ?? text.length),
  };
}
