import type { InspectedToken, Inspection, RankedToken } from '../protocol/inspection';
import { tokenLabel } from './tokenLabel';

/** A command link of a hover: VS Code runs only those that the hover names as enabled. */
export const HOVER_COMMAND = 'forwardPass.inspectSelection';
const SHOWN = 5;
const BAR_CELLS = 12;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * The hover as Markdown with HTML spans (the sanitiser keeps colours that are theme variables).
 * Whatever comes from a document or a model goes through `literal`.
 */
export function hoverMarkdown(inspection: Inspection, pointed: InspectedToken | null): string {
  const { next, model, totals, truncated, tokens } = inspection;
  const parts = [
    '**After the selection**',
    distribution(next.map(({ text, probability }) => ({ text, probability }))),
  ];
  if (pointed) {
    const before = tokens[pointed.index - 1] ?? null;
    parts.push('---', tokenParagraph(pointed, before?.top ?? []));
  }
  const facts = [literal(model.name), `${count(totals.tokens)} tokens`];
  if (truncated) facts.push(`the first ${count(truncated.tokens)} left out`);
  parts.push('---', `[Open panel](command:${HOVER_COMMAND}) · ${facts.join(' · ')}`);
  return parts.join('\n\n');
}

function tokenParagraph(token: InspectedToken, expected: RankedToken[]): string {
  const title = `**This token** ${chip(token.text)} id ${token.id}`;
  if (token.logprob === null || token.rank === null) {
    return `${title}\n\nThe first token: nothing stands before it that it could be expected from.`;
  }
  const numbers =
    `probability ${percent(Math.exp(token.logprob))} · rank ${count(token.rank)} · ` +
    `surprisal ${bits(token.logprob)} bits`;
  const rows = expected.map(({ text, logprob }) => ({ text, probability: Math.exp(logprob) }));
  const heading = token.rank === 1 ? 'It was the model’s first choice:' : 'Expected instead:';
  return [title, numbers, heading, distribution(rows)].join('\n\n');
}

function distribution(rows: { text: string; probability: number }[]): string {
  const lines = rows
    .slice(0, SHOWN)
    .map(
      ({ text, probability }) =>
        `| ${chip(text)} | ${bar(probability)} | ${percent(probability)} |`,
    );
  return ['| | | |', '|:--|:--|--:|', ...lines].join('\n');
}

function chip(text: string): string {
  return `<code>${literal(tokenLabel(text))}</code>`;
}

/** A bar of block characters: drawn in the theme's colour, and readable where there is none. */
export function bar(probability: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, probability)) * BAR_CELLS * 8);
  const cells = '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '');
  const shown = cells === '' ? '▏' : cells;
  return `<span style="color:var(--vscode-charts-blue);">${shown}</span>${'&nbsp;'.repeat(BAR_CELLS - [...shown].length)}`;
}

/** Text that stays text: neither Markdown, nor HTML, nor an icon, nor a link can come of it. */
export function literal(text: string): string {
  return text.replace(/[\u0000-\u002f:-@[-`{-\u007f]/g, (mark) => `&#${mark.charCodeAt(0)};`); // prettier-ignore
}

function percent(probability: number): string {
  if (probability > 0 && probability < 0.0001) return '&lt;&nbsp;0.01&nbsp;%';
  const value = probability * 100;
  return `${value.toFixed(value < 1 ? 2 : 1)}&nbsp;%`;
}

const bits = (logprob: number) => (-logprob / Math.LN2).toFixed(1);
const count = (value: number) => value.toLocaleString('en-US');
