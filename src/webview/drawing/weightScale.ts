import { weight } from '../format';
import type { LegendMark } from './tokenScale';

/** How weights become places of the colour scale: evenly, or by their orders of magnitude. */
export interface WeightScale {
  /** The weight at the end of the scale; 1 for plain attention. */
  peak: number;
  logarithmic: boolean;
  /** Keys before this one are not shown: 1 hides the first token. */
  firstKey: number;
  /** How many positions a query sees, its own included: what lies further back is not shown. */
  window: number;
}

/** What a logarithmic scale spans: from a ten-thousandth of the peak. */
const decades = 4;

export const plainScale: WeightScale = {
  peak: 1,
  logarithmic: false,
  firstKey: 0,
  window: Infinity,
};

/** Where a weight stands on the scale, from 0 to 1. */
export function weightPosition({ peak, logarithmic }: WeightScale, value: number): number {
  const share = value / peak;
  if (!(share > 0)) return 0;
  if (!logarithmic) return Math.min(1, share);
  return Math.max(0, Math.min(1, 1 + Math.log10(share) / decades));
}

/** The numbers below a scale. */
export function weightMarks({ peak, logarithmic }: WeightScale): LegendMark[] {
  if (logarithmic) {
    // The powers of ten within the scale, however the peak lies between them.
    const end = Math.log10(peak);
    const highest = Math.floor(end + 1e-6);
    const powers = Array.from({ length: decades + 1 }, (_, i) => highest - decades + i);
    return (
      powers
        .map((power) => ({ at: 1 + (power - end) / decades, label: short(10 ** power) }))
        // A label just inside the beginning would stand out of it.
        .filter(({ at }) => Math.abs(at) < 1e-6 || at > 0.06)
        .map(({ at, label }) => ({ at: Math.max(0, Math.min(1, at)), label }))
    );
  }
  return [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: short(at * peak) }));
}

/** The largest weight from `firstKey` on. */
export function peakOf(pattern: Float32Array, n: number, firstKey: number): number {
  let peak = 0;
  for (let query = 0; query < n; query++) {
    for (let key = firstKey; key <= query; key++) {
      if (pattern[query * n + key]! > peak) peak = pattern[query * n + key]!;
    }
  }
  return peak;
}

function short(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(2));
  return rounded >= 0.0001 ? String(rounded) : weight(value);
}
