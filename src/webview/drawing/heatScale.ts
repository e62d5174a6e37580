import { interpolateMagma } from 'd3-scale-chromatic';
import { mix, parseColor, type Rgb } from './color';
import { isDark, type Theme } from './theme';

/** Shades of the heat map. */
export const shades = 256;

/**
 * Attention weights from 0 to 1 as colours, perceptually uniform, away from the background in
 * luminance: dark to bright in dark themes, bright to dark in light ones. RGBA, `shades` entries.
 */
export function heatScale(theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  const scale = new Uint8ClampedArray(shades * 4);
  for (let i = 0; i < shades; i++) scale.set([...heatColor(theme, i / (shades - 1)), 255], i * 4);
  return scale;
}

/** The colour of one weight. */
export function heatColor({ kind, background, foreground }: Theme, weight: number): Rgb {
  const color = parseColor(
    interpolateMagma(isDark(kind) ? 0.14 + 0.84 * weight : 0.99 - 0.87 * weight),
  )!;
  // No weight is a shade off the background, by which it differs from what cannot be seen at all.
  const nothing = mix(background, foreground, 0.06);
  return mix(nothing, color, Math.min(1, weight * 8));
}
