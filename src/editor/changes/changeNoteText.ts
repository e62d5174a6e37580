import type { Hunk } from '../../inspection/documentComparison';
import { tenths, count } from '../numbers';

/** The line, from 0, of the text after that a hunk begins at: its first, or the one above what is gone. */
export function changeLine({ linesAfter: { start, end } }: Pick<Hunk, 'linesAfter'>): number {
  return end > start ? start : Math.max(0, start - 1);
}

/** "+12.3 bits (41.0 → 53.3)" */
export function changeNote({
  bitsBefore,
  bitsAfter,
  difference,
}: Pick<Hunk, 'bitsBefore' | 'bitsAfter' | 'difference'>): string {
  return `${signedBits(difference)} bits (${tenths(bitsBefore)} → ${tenths(bitsAfter)})`;
}

/** What a note says when it is pointed at. */
export function changeNoteDetail(hunk: Hunk): string {
  const { bitsBefore, bitsAfter, knockOn, knockOnTokens } = hunk;
  const own = `These lines took ${tenths(bitsBefore)} bits before, and take ${tenths(bitsAfter)} now.`;
  if (knockOnTokens === 0) return own;
  const tokens = `${count(knockOnTokens)} unchanged token${knockOnTokens === 1 ? '' : 's'}`;
  return `${own} The ${tokens} up to the next change: ${signedBits(knockOn)} bits.`;
}

/** With a sign, and a real minus; nothing is "0.0". */
export function signedBits(bits: number): string {
  const text = tenths(Math.abs(bits));
  if (text === '0.0') return text;
  return bits < 0 ? `−${text}` : `+${text}`;
}
