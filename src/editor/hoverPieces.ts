/** What hovers are written from: Markdown with HTML, from which nothing of a text can break out. */
import { displayToken } from '../tokenizer/tokenDisplay';
import { threeFigures } from './numbers';

const BAR_CELLS = 16;
const BAR_STYLE =
  'color:var(--vscode-charts-blue);background-color:var(--vscode-toolbar-hoverBackground);';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A token as people can see it. */
export function chip(text: string): string {
  return `<code>${literal(displayToken(text))}</code>`;
}

/**
 * A bar of block characters on a track as long as 100 %, in colours of the theme: the sanitiser
 * lets through exactly this form of a style.
 */
export function bar(probability: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, probability)) * BAR_CELLS * 8);
  const cells = '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '') || '▏';
  const rest = '&nbsp;'.repeat(BAR_CELLS - cells.length);
  return `<code><span style="${BAR_STYLE}">${cells}${rest}</span></code>`;
}

/** Text that stays text: neither Markdown, nor HTML, nor an icon, nor a link can come of it. */
export function literal(text: string): string {
  return text.replace(/[\u0000-\u002f:-@[-`{-\u007f]/g, (mark) => `&#${mark.charCodeAt(0)};`); // prettier-ignore
}

/** A probability, given as a natural logarithm. */
export function percent(logprob: number): string {
  const value = Math.exp(logprob) * 100;
  if (value < 0.0001) return '&lt;0.0001%';
  return `${threeFigures(value)}%`;
}

/** Surprisal of what had this logprob. */
export const bits = (logprob: number) => (-logprob / Math.LN2).toFixed(1);
