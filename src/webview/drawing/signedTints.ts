import { cellColor, cellInk, cellPosition } from './cellScale';
import type { Theme } from './theme';
import type { Tint } from './tokenScale';

/** Borders tell so many levels apart; the lowest has none. */
const levels = 5;

/** Values with a sign as tints, on the diverging scale from −most to most; none for NaN. */
export function signedTints(
  theme: Theme,
  values: ArrayLike<number>,
  most: number,
): (Tint | null)[] {
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return null;
    const position = cellPosition('diverging', [-most, most], value);
    const background = cellColor(theme, 'diverging', position);
    const level = Math.min(levels - 1, Math.floor(Math.abs(position) * levels));
    return { background, ink: cellInk(theme, background), level };
  });
}
