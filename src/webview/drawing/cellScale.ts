import { interpolateOrRd, interpolateYlGnBu } from 'd3-scale-chromatic';
import { mix, parseColor, readableOn, type Rgb } from './color';
import { heatColor } from './heatScale';
import { isDark, isHighContrast, type Theme } from './theme';

/**
 * How values become colours: `sequential` from nothing to much, `probability` the same in the tint
 * that probabilities have over tokens, `diverging` from one sign over nothing to the other.
 */
export type CellScale = 'sequential' | 'probability' | 'diverging';

/** The two ends of a scale; a diverging one is symmetrical around 0. */
export type Domain = readonly [low: number, high: number];

/** Where a value stands: 0 to 1, or −1 to 1 on a diverging scale. */
export function cellPosition(scale: CellScale, [low, high]: Domain, value: number): number {
  if (scale === 'diverging') {
    const most = Math.max(Math.abs(low), Math.abs(high));
    return most === 0 ? 0 : Math.max(-1, Math.min(1, value / most));
  }
  return high === low ? 0 : Math.max(0, Math.min(1, (value - low) / (high - low)));
}

/** The colour at a place of a scale. */
export function cellColor(theme: Theme, scale: CellScale, position: number): Rgb {
  switch (scale) {
    case 'sequential':
      return heatColor(theme, position);
    case 'probability':
      return probabilityColor(theme, position);
    case 'diverging':
      return divergingColor(theme, position);
  }
}

/** Text that can be read on a cell. */
export function cellInk(theme: Theme, background: Rgb): Rgb {
  return readableOn(background, theme.foreground);
}

function probabilityColor({ kind, background }: Theme, t: number): Rgb {
  const color = isDark(kind)
    ? interpolateYlGnBu(0.95 - 0.5 * t)
    : interpolateYlGnBu(0.08 + 0.5 * t);
  return mix(background, parseColor(color)!, Math.min(1, 0.1 + t * 3));
}

/** Orange above and blue below zero, which people who confuse red and green can tell apart. */
function divergingColor({ kind, background, foreground }: Theme, t: number): Rgb {
  const dark = isDark(kind);
  const strong = isHighContrast(kind);
  const above = dark ? interpolateOrRd(strong ? 0.45 : 0.55) : interpolateOrRd(0.68);
  const below = dark ? '#4aa8ff' : '#0f5fc2';
  const end = parseColor(t > 0 ? above : below)!;
  const nothing = mix(background, foreground, 0.05);
  // The square root brings small values out of the background.
  return mix(nothing, end, Math.sqrt(Math.abs(t)));
}
