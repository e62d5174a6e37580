import { weightPosition, type WeightScale } from './weightScale';

/** One line: from the token that looks to the one that is looked at. */
export interface AttentionLine {
  query: number;
  key: number;
  /** From 0 to 1. */
  strength: number;
}

/** Fainter ones are not seen. */
const faintest = 0.02;

/** A token that is looked at alone, as the one that looks or as the one that is looked at. */
export interface LookedToken {
  side: 'query' | 'key';
  index: number;
}

/**
 * The lines of the queries from `first` to `last` (with it), or of one token alone; the weakest
 * first, so that the strongest are drawn over them. No more than `most`, the strongest.
 */
export function attentionLines(
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  scale: WeightScale,
  looked: LookedToken | null,
  first: number,
  last: number,
  most: number,
): { lines: AttentionLine[]; left: number } {
  const lines: AttentionLine[] = [];
  const add = (query: number, key: number) => {
    const strength = weightPosition(scale, pattern[query * n + key]!);
    if (strength >= faintest && key >= scale.firstKey) lines.push({ query, key, strength });
  };
  if (looked?.side === 'key') {
    for (let query = looked.index; query < n; query++) add(query, looked.index);
  } else {
    const [from, to] = looked ? [looked.index, looked.index] : [first, Math.min(last, n - 1)];
    for (let query = from; query <= to; query++) {
      for (let key = 0; key <= query; key++) add(query, key);
    }
  }
  lines.sort((a, b) => a.strength - b.strength);
  const left = Math.max(0, lines.length - most);
  return { lines: lines.slice(left), left };
}

/**
 * How opaque a line is: where many cross, as its weight; the lines of one token alone are told apart
 * better by the root, which is what its marks are drawn by.
 */
export function lineOpacity(strength: number, alone: boolean): number {
  return alone ? Math.sqrt(strength) : strength;
}

/** Draws lines between two columns. `y` is the middle of a token's row. */
export function paintLines(
  context: CanvasRenderingContext2D,
  lines: readonly AttentionLine[],
  alone: boolean,
  width: number,
  y: (index: number) => number,
  color: string,
): void {
  context.strokeStyle = color;
  context.lineCap = 'round';
  for (const { query, key, strength } of lines) {
    const [from, to] = [y(query), y(key)];
    context.globalAlpha = lineOpacity(strength, alone);
    context.lineWidth = 0.8 + 2 * strength;
    context.beginPath();
    context.moveTo(0, from);
    context.bezierCurveTo(width * 0.4, from, width * 0.6, to, width, to);
    context.stroke();
  }
  context.globalAlpha = 1;
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
