import {
  interpolateBlues,
  interpolateGnBu,
  interpolateInferno,
  interpolateOrRd,
  interpolateViridis,
  interpolateYlGnBu,
} from 'd3-scale-chromatic';
import {
  fullBits,
  measureLevels,
  scaleLevel,
  scalePosition,
  tokenValue,
  type TokenMeasure,
} from '../../inspection/tokenMeasure';
import type { InspectedToken } from '../../protocol/inspection';
import type { TokenColoring } from '../../protocol/panel';
import { mix, parseColor, readableOn, type Rgb } from './color';
import { isDark, type Theme } from './theme';

/** How a value is shown behind a token. */
export interface Tint {
  background: Rgb;
  /** Text that can be read on it. */
  ink: Rgb;
  /** From 0 to 4: what a border says in high contrast, where colour is not relied on. */
  level: number;
}

/** The tint at a place of the scale. */
export function tint(theme: Theme, coloring: TokenMeasure, position: number): Tint {
  const t = clamp(position);
  const background = tintColor(theme, coloring, t);
  return { background, ink: readableOn(background, theme.foreground), level: scaleLevel(t) };
}

/** Tints of all tokens; null where nothing was expected, or nothing is to be shown. */
export function tokenTints(
  theme: Theme,
  coloring: TokenColoring,
  tokens: readonly InspectedToken[],
): (Tint | null)[] {
  if (coloring === 'none') return tokens.map(() => null);
  return tokens.map((token) => {
    const value = tokenValue(coloring, token);
    return value === null ? null : tint(theme, coloring, scalePosition(coloring, value));
  });
}

/** One labelled place of a legend. */
export interface LegendMark {
  /** From 0 to 1. */
  at: number;
  label: string;
}

/** The numbers below a scale. For ranks, one label for each bucket, at its middle. */
export function legendMarks(coloring: TokenMeasure): LegendMark[] {
  switch (coloring) {
    case 'surprisal':
    case 'entropy':
      return [0, 3, 6, 9, 12, 15].map((bits) => ({
        at: bits / fullBits,
        label: bits === fullBits ? `${bits}+` : String(bits),
      }));
    case 'probability':
      return [0, 20, 40, 60, 80, 100].map((percent) => ({
        at: percent / 100,
        label: `${percent}%`,
      }));
    case 'rank':
      return ['1', '≤10', '≤100', '≤1k', '>1k'].map((label, i) => ({
        at: (i + 0.5) / measureLevels,
        label,
      }));
  }
}

/**
 * Every scale starts at the background and moves away from it in luminance, so that "more" stands
 * out in each theme.
 */
function tintColor({ kind, background }: Theme, coloring: TokenMeasure, t: number): Rgb {
  const dark = isDark(kind);
  // The first stretch is mixed in, so that the smallest values melt into the page.
  const melt = (color: string) => mix(background, parseColor(color)!, Math.min(1, 0.1 + t * 3));
  switch (coloring) {
    case 'surprisal':
      return melt(dark ? interpolateInferno(0.22 + 0.55 * t) : interpolateOrRd(0.12 + 0.6 * t));
    case 'probability':
      return melt(dark ? interpolateYlGnBu(0.95 - 0.5 * t) : interpolateGnBu(0.15 + 0.6 * t));
    case 'entropy':
      return melt(dark ? interpolateBlues(1 - 0.65 * t) : interpolateBlues(0.08 + 0.62 * t));
    case 'rank':
      return mix(
        background,
        parseColor(interpolateViridis(dark ? 0.1 + 0.85 * t : 0.98 - 0.88 * t))!,
        Math.min(0.88, 0.3 + 1.4 * t),
      );
  }
}

function clamp(t: number): number {
  return Math.max(0, Math.min(1, t));
}
