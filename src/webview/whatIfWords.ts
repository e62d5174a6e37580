import type { Edit } from '../protocol/interventions';
import { editPart } from './editWords';
import { bits, tableNumber } from './format';

/** The parts of the model that edits change, each once, the first of them by name. */
export function partNames(edits: readonly Edit[]): string {
  const names = [...new Set(edits.map(editPart))];
  const shown = names.slice(0, 4);
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - 4} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Bits, also where two decimals would say nothing. */
export function smallBits(nats: number): string {
  const value = nats / Math.LN2;
  return value === 0 || value >= 0.01 ? bits(nats) : `${tableNumber(value)} bits`;
}

/** A round number of bits that none of what is there exceeds: the end of its scale. */
export function roundMost(nats: Float32Array): number {
  const most = nats.reduce((largest, x) => (x > largest ? x : largest), 0) / Math.LN2;
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? most;
}
