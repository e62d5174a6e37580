import { cellColor, type CellScale, type Domain } from './cellScale';
import { cssColor } from './color';
import type { Theme } from './theme';

/** Steps of a legend's ramp. */
const steps = 32;

/** The colours of a scale from its one end to the other. */
export function legendColors(theme: Theme, scale: CellScale): string[] {
  const from = scale === 'diverging' ? -1 : 0;
  return Array.from({ length: steps + 1 }, (_, i) =>
    cssColor(cellColor(theme, scale, from + ((1 - from) * i) / steps)),
  );
}

/** What stands below a legend's ends, and below the middle of one with two signs; `at` is from 0 to 1. */
export function legendMarks(
  scale: CellScale,
  [low, high]: Domain,
  format: (value: number) => string,
): { at: number; label: string }[] {
  if (scale !== 'diverging') {
    return [
      { at: 0, label: format(low) },
      { at: 1, label: format(high) },
    ];
  }
  const most = Math.max(Math.abs(low), Math.abs(high));
  return [
    { at: 0, label: format(-most) },
    { at: 0.5, label: '0' },
    { at: 1, label: format(most) },
  ];
}
