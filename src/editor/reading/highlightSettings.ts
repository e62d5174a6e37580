import type { TokenMeasure } from '../../inspection/tokenMeasure';
import { check, isBoolean, isOneOf, isNumberFrom, type SettingsReader } from '../settings';

export const measures = ['surprisal', 'probability', 'rank', 'entropy'] as const satisfies readonly TokenMeasure[]; // prettier-ignore

/** How documents of one language are highlighted. */
export interface HighlightSettings {
  /** Without being asked each time. */
  highlight: boolean;
  measure: TokenMeasure;
  /** Each line's bits at its end. */
  lineBits: boolean;
  /** From so many bits on a token counts as surprising. */
  surprisingBits: number;
}

/** @throws {UserError} that names the setting that is wrong. */
export function readHighlightSettings(read: SettingsReader): HighlightSettings {
  return {
    highlight: check(read, 'highlight', isBoolean, 'true or false'),
    measure: check(read, 'highlightBy', isOneOf(measures), measures.map((name) => `"${name}"`).join(', ')), // prettier-ignore
    lineBits: check(read, 'lineBits', isBoolean, 'true or false'),
    surprisingBits: check(read, 'surprisingBits', isNumberFrom(0, 30), 'a number from 0 to 30'),
  };
}
