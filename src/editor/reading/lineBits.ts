import { bitsOf } from './tokenSpans';
import type { ReadText } from '../../inspection/readText';

/**
 * The bits of all tokens that begin in a line, from offset `start` to before `end`; null where one of
 * them is not known, or none has an expectation.
 *
 * @param first the first token that may begin there.
 */
export function lineBits(
  text: ReadText,
  first: number,
  { start, end }: { start: number; end: number },
): number | null {
  let sum: number | null = null;
  for (let token = first; token < text.ids.length && text.starts[token]! < end; token++) {
    if (text.starts[token]! < start || token === 0) continue;
    const bits = bitsOf(text, token);
    if (Number.isNaN(bits)) return null;
    sum = (sum ?? 0) + bits;
  }
  return sum;
}
