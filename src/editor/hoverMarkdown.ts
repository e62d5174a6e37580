import type { InspectedToken, Inspection, NextToken, RankedToken } from '../protocol/inspection';
import { displayToken } from '../tokenizer/tokenDisplay';

/** A command link of a hover: VS Code runs only those that the hover names as enabled. */
export const HOVER_COMMAND = 'forwardPass.inspectSelection';
const SHOWN = 5;
const EXPECTED = 3;
const BAR_CELLS = 16;
const BAR_STYLE =
  'color:var(--vscode-charts-blue);background-color:var(--vscode-toolbar-hoverBackground);';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * The hover as Markdown with HTML spans (the sanitiser keeps colours that are theme variables). It
 * fits into the 250 pixels that VS Code gives a hover before it scrolls. Whatever comes from a
 * document or a model goes through `literal`.
 */
export function hoverMarkdown(inspection: Inspection, pointed: InspectedToken | null): string {
  const { next, totals, truncated, tokens } = inspection;
  const facts = [`${count(totals.tokens)} tokens`];
  if (truncated) facts.push(`the first ${count(truncated.tokens)} left out`);
  facts.push(`[Open panel](command:${HOVER_COMMAND})`);
  const parts = [`**After the selection** · ${facts.join(' · ')}`, distribution(next)];
  if (pointed) {
    const before = tokens[pointed.index - 1];
    parts.push('---', tokenParagraph(pointed, before?.top ?? []));
  }
  return parts.join('\n\n');
}

function tokenParagraph(token: InspectedToken, expected: RankedToken[]): string {
  const title = `**This token** ${chip(token.text)}`;
  const id = `id ${token.id}`;
  if (token.logprob === null || token.rank === null) {
    return `${title} ${id} · the first, so nothing could expect it`;
  }
  const figures = [
    percent(token.logprob),
    `rank ${count(token.rank)}`,
    `${bits(token.logprob)} bits`,
    id,
  ];
  const numbers = `${title} ${figures.join(' · ')}`;
  const others = expected
    .filter(({ id }) => id !== token.id)
    .slice(0, EXPECTED)
    .map(({ text, logprob }) => `${chip(text)} ${percent(logprob)}`);
  if (others.length === 0) return numbers;
  const heading = token.rank === 1 ? 'As expected; otherwise' : 'Expected instead:';
  return `${numbers}<br>${heading} ${others.join(', ')}`;
}

function distribution(next: NextToken[]): string {
  const lines = next
    .slice(0, SHOWN)
    .map(
      ({ text, logprob }) => `| ${chip(text)} | ${bar(Math.exp(logprob))} | ${percent(logprob)} |`,
    );
  return ['| | | |', '|:--|:--|--:|', ...lines].join('\n');
}

function chip(text: string): string {
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

function percent(logprob: number): string {
  const value = Math.exp(logprob) * 100;
  if (value < 0.0001) return '&lt;0.0001%';
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}%`;
}

const bits = (logprob: number) => (-logprob / Math.LN2).toFixed(1);
const count = (value: number) => value.toLocaleString('en-US');
