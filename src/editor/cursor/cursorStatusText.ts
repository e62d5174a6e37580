import type { CursorPrediction, NextPrediction } from '../../protocol/typing';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { bar, chip, literal, percent } from '../hoverPieces';
import { count } from '../numbers';
import type { StatusText } from '../statusText';

/** A status bar is short: so many tokens at most, in so many characters, none longer than so many. */
const [mostTokens, mostCharacters, longestToken] = [3, 40, 14];
/** Three of the status bar's spaces: tokens begin with a dot, so a dot cannot stand between them. */
const gap = '   ';
const inTooltip = 10;

/** What the status bar says of the prediction at the cursor. */
export function cursorStatusText({ shown, waiting, note, failed }: CursorPrediction): StatusText {
  if (failed) {
    return { text: '$(warning) At cursor', spoken: `Prediction at the cursor: ${note}`, failed };
  }
  if (note !== null) {
    return { text: '$(sparkle) —', spoken: `Prediction at the cursor: ${note}`, failed };
  }
  const icon = waiting ? '$(ellipsis)' : '$(sparkle)';
  const spoken = waiting ? 'Prediction at the cursor: reading' : spokenPrediction(shown!);
  return { text: shown ? `${icon} ${likeliest(shown)}` : icon, spoken, failed };
}

/** As many of the likeliest tokens as there is room for; always the first. */
function likeliest({ next }: NextPrediction): string {
  let text = '';
  for (const token of next.slice(0, mostTokens)) {
    const part = `${shortToken(token.text)} ${rounded(token.probability)}`;
    const longer = text === '' ? part : text + gap + part;
    if (text !== '' && longer.length > mostCharacters) break;
    text = longer;
  }
  return text;
}

function shortToken(text: string): string {
  const characters = [...displayToken(text)];
  const short =
    characters.length > longestToken
      ? `${characters.slice(0, longestToken - 1).join('')}…`
      : characters.join('');
  // "$(name)" would become an icon.
  return short.replaceAll('$(', '$\u200b(');
}

function spokenPrediction({ next }: NextPrediction): string {
  const tokens = next
    .slice(0, mostTokens)
    .map(({ text, probability }) => `${spokenToken(text)} ${rounded(probability)}`);
  return `Prediction at the cursor: ${tokens.join(', ')}`;
}

/** A space in front goes without saying; anything else that cannot be seen is named. */
function spokenToken(text: string): string {
  const word = text.startsWith(' ') && text.length > 1 ? text.slice(1) : text;
  switch (word) {
    case ' ':
      return 'space';
    case '\n':
      return 'line break';
    case '\t':
      return 'tab';
    default:
      return displayToken(word);
  }
}

function rounded(probability: number): string {
  const value = probability * 100;
  if (value > 0 && value < 1) return '<1%';
  return value > 99 && value < 100 ? '>99%' : `${Math.round(value)}%`;
}

/** The tooltip as Markdown with HTML spans. Whatever comes from a document or a model is `literal`. */
export function cursorTooltip({ shown, waiting, note }: CursorPrediction): string {
  if (note !== null) return `**At the cursor**\n\n${literal(note)}`;
  if (!shown) return '**At the cursor**\n\nReading the text before the cursor.';
  const rows = shown.next
    .slice(0, inTooltip)
    .map(({ text, probability, logprob }) => `| ${chip(text)} | ${bar(probability)} | ${percent(logprob)} |`); // prettier-ignore
  const title = `**${waiting ? 'Before the last change' : 'At the cursor'}** · ${literal(shown.source)}`;
  return [
    title,
    ['| | | |', '|:--|:--|--:|', ...rows].join('\n'),
    `${literal(shown.model.name)} · ${contextRead(shown)} · entropy ${(shown.entropy / Math.LN2).toFixed(2)} bits`,
    'Click to inspect the text at the cursor.',
  ].join('\n\n');
}

/** "412 tokens read, from line 12 on" */
export function contextRead({
  tokens,
  readFrom,
}: {
  tokens: number;
  readFrom: string | null;
}): string {
  const read = `${count(tokens)} token${tokens === 1 ? '' : 's'} read`;
  return readFrom === null ? read : `${read}, from ${literal(readFrom)} on`;
}
