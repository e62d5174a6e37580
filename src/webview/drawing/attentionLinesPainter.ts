import { type AttentionLine, lineOpacity } from './attentionLines';
import type { WeightScale } from './weightScale';

/** Draws lines between two columns. `y` is the middle of a token's row. */
export function paintLines(
  context: CanvasRenderingContext2D,
  lines: readonly AttentionLine[],
  scale: WeightScale,
  ofOne: boolean,
  width: number,
  y: (index: number) => number,
  color: string,
): void {
  context.strokeStyle = color;
  context.lineCap = 'round';
  for (const { query, key, strength } of lines) {
    const [from, to] = [y(query), y(key)];
    const opacity = lineOpacity(strength, scale, ofOne);
    context.globalAlpha = opacity;
    context.lineWidth = 0.8 + 2 * opacity;
    context.beginPath();
    context.moveTo(0, from);
    context.bezierCurveTo(width * 0.4, from, width * 0.6, to, width, to);
    context.stroke();
  }
  context.globalAlpha = 1;
}
