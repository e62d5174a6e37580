import type { InspectedToken } from '../protocol/inspection';
import { textOf } from './comparedTexts';

/** The text with another word in the place of one token; a space before it stays before the word. */
export function withToken(tokens: readonly InspectedToken[], index: number, word: string): string {
  const bytes = tokens[index]?.bytes ?? [];
  const space = bytes[0] === 0x20 && !/^\s/.test(word) ? ' ' : '';
  return textOf(tokens.slice(0, index)) + space + word + textOf(tokens.slice(index + 1));
}
