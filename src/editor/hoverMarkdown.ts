import type { InspectedToken, Inspection, NextToken, RankedToken } from '../protocol/inspection';
import { bar, bits, chip, percent } from './hoverPieces';
import { count } from './numbers';

/** A command link of a hover: VS Code runs only those that the hover names as enabled. */
export const HOVER_COMMAND = 'forwardPass.inspectSelection';
const SHOWN = 5;
const EXPECTED = 3;

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
