import type { ParameterCounts } from '../../protocol/modelPage';
import { count, percent } from '../format';
import { cssColor } from './color';
import { componentColor } from './componentColors';
import type { Theme } from './theme';

const width = 640;
const margin = 14;
const barHeight = 28;
const line = 20;

/** A model's parameters by component as a picture of its own: the bar, and what its colours are. */
export function parameterSvg(counts: ParameterCounts, theme: Theme): string {
  const { parameters, parametersByComponent: parts } = counts;
  const room = width - 2 * margin;
  const height = 2 * margin + barHeight + 10 + line * (parts.length + 1);
  const ink = cssColor(theme.foreground);
  const muted = cssColor(theme.muted);
  let from = margin;
  const bars = parts.map(({ component, parameters: size }) => {
    const wide = (size / parameters) * room;
    const bar = rect(from, margin, wide, barHeight, cssColor(componentColor(theme, component)));
    from += wide;
    return bar;
  });
  const rows = [...parts, { component: 'all', parameters }].map((part, i) => {
    const y = margin + barHeight + 10 + line * (i + 0.5);
    const color = part.component === 'all' ? null : cssColor(componentColor(theme, part.component));
    return [
      color === null ? '' : rect(margin, y - 5.5, 11, 11, color),
      text(margin + 20, y, part.component, ink, 'start'),
      text(margin + 320, y, count(part.parameters), ink, 'end'),
      text(margin + 400, y, percent(part.parameters / parameters), muted, 'end'),
    ].join('');
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">` +
    rect(0, 0, width, height, cssColor(theme.background)) +
    bars.join('') +
    rows.join('') +
    '</svg>'
  );
}

function rect(x: number, y: number, wide: number, tall: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${wide}" height="${tall}" fill="${fill}"/>`;
}

/** `words` are our own names and numbers: nothing in them needs escaping. */
function text(x: number, y: number, words: string, fill: string, anchor: 'start' | 'end'): string {
  return `<text x="${x}" y="${y}" dominant-baseline="central" text-anchor="${anchor}" fill="${fill}">${words}</text>`;
}
