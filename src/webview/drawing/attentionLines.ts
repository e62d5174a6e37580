import { weightPosition, type WeightScale } from './weightScale';

/** One line: from the token that looks to the one that is looked at. */
export interface AttentionLine {
  query: number;
  key: number;
  /** From 0 to 1. */
  strength: number;
}

/** A token that is looked at alone, as the one that looks or as the one that is looked at. */
export interface LookedToken {
  side: 'query' | 'key';
  index: number;
}

/** Fainter lines are not seen. */
const faintest = 0.02;

/**
 * How opaque a line is: where many cross, as its weight; the lines of one token are told apart better
 * by the root, which is what its marks are drawn by too. On a logarithmic scale, where most places
 * are high up, both are bent back.
 */
export function lineOpacity(
  strength: number,
  { logarithmic }: WeightScale,
  ofOne: boolean,
): number {
  if (logarithmic) return ofOne ? strength ** 2 : strength ** 4;
  return ofOne ? Math.sqrt(strength) : strength;
}

/** The lines of one token: its row, or its column. The weakest come first. */
export function linesOf(
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  scale: WeightScale,
  { side, index }: LookedToken,
): AttentionLine[] {
  const lines: AttentionLine[] = [];
  if (side === 'query') {
    for (let key = 0; key <= index; key++) addLine(lines, pattern, n, scale, index, key, true);
  } else {
    for (let query = index; query < n; query++) {
      addLine(lines, pattern, n, scale, query, index, true);
    }
  }
  return lines.sort((a, b) => a.strength - b.strength);
}

/**
 * The lines of the queries from `first` to `last` (with it), the weakest first; no more than `most`,
 * the strongest, and how many those leave out.
 */
export function linesInView(
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  scale: WeightScale,
  first: number,
  last: number,
  most: number,
): { lines: AttentionLine[]; left: number } {
  const lines: AttentionLine[] = [];
  for (let query = first; query <= Math.min(last, n - 1); query++) {
    for (let key = 0; key <= query; key++) addLine(lines, pattern, n, scale, query, key, false);
  }
  lines.sort((a, b) => a.strength - b.strength);
  const left = Math.max(0, lines.length - most);
  return { lines: lines.slice(left), left };
}

function addLine(
  lines: AttentionLine[],
  pattern: Float32Array,
  n: number,
  scale: WeightScale,
  query: number,
  key: number,
  ofOne: boolean,
): void {
  const strength = weightPosition(scale, pattern[query * n + key]!);
  if (key < scale.firstKey || lineOpacity(strength, scale, ofOne) < faintest) return;
  lines.push({ query, key, strength });
}

/** The weights of one token's row or column, the largest first, but those of hidden keys. */
export function strongest(
  pattern: Float32Array,
  n: number,
  { side, index }: LookedToken,
  firstKey: number,
  count: number,
): { index: number; weight: number }[] {
  const found: { index: number; weight: number }[] = [];
  const from = side === 'query' ? firstKey : index;
  const to = side === 'query' ? index : n - 1;
  if (side === 'key' && index < firstKey) return found;
  for (let other = from; other <= to; other++) {
    const weight = side === 'query' ? pattern[index * n + other]! : pattern[other * n + index]!;
    found.push({ index: other, weight });
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, count);
}
