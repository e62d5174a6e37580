import type { Inspection } from '../protocol/inspection';
import type { TextReading } from '../protocol/textReading';

/** How the text of an inspection was read, for another text that is to be read in the same way. */
export function readingOf({ tokens, specialTokens }: Inspection): TextReading {
  const [first] = tokens;
  // A special token of the text's own has a place in it.
  return { bos: first !== undefined && first.special && first.end === 0, specialTokens };
}
