import { displayToken } from '../../tokenizer/tokenDisplay';
import { bar, bits, chip, literal, percent } from '../hoverPieces';
import { count } from '../numbers';
import {
  INSPECT_AT_COMMAND,
  link,
  REPLACE_COMMAND,
  type PlaceInDocument,
  type TokenReplacement,
} from './tokenLinks';

/** A token that could have come, and what puts it there; else, in a few words, why nothing does. */
export interface Alternative {
  id: number;
  text: string;
  logprob: number;
  replacement: TokenReplacement | null;
  /** In a few words, if it cannot be put there. */
  why?: string;
}

/** A token of a document that is read. */
export interface HoveredToken {
  id: number;
  text: string;
  /** In a few words, if nothing can be put in its place. */
  why?: string;
  /** Null for the first one, which nothing could expect; entropy in nats. */
  expected: { logprob: number; rank: number; entropy: number } | null;
  /** The likeliest in its place, most likely first; it may be one of them. */
  likeliest: Alternative[];
}

/** Tokens of one character are named one below the other, each with so many of the likeliest. */
const NAMED = 3;

/**
 * What the model expected where the pointer rests, as Markdown with HTML. One token gets a table of
 * what could stand there; tokens that share a character a line each, since none of them can be
 * replaced without the others.
 */
export function tokenHoverMarkdown(tokens: HoveredToken[], place: PlaceInDocument): string {
  const [token] = tokens;
  const panel = `[Open panel here](${link(INSPECT_AT_COMMAND, place)} "What the model computed up to here")`;
  if (!token) return '';
  if (tokens.length === 1) {
    return [`**This token** ${figures(token)} · ${panel}`, ...table(token)].join('\n\n');
  }
  return [
    `**${count(tokens.length)} tokens** make up this character · ${panel}`,
    ...tokens.map((each) => [figures(each), ...named(each)].join('<br>')),
  ].join('\n\n');
}

function figures({ id, text, why, expected }: HoveredToken): string {
  if (!expected) return `${chip(text)} id ${id} · the first, so nothing could expect it`;
  const { logprob, rank } = expected;
  return [
    `${chip(text)} ${percent(logprob)}`,
    `rank ${count(rank)}`,
    `${bits(logprob)} bits`,
    `id ${id}`,
    ...(why ? [why] : []),
  ].join(' · ');
}

function table(token: HoveredToken): string[] {
  if (!token.expected) return [];
  const rows = token.likeliest.map(
    (each) =>
      `| ${each.id === token.id ? `**${chip(each.text)}**` : choice(token, each)} | ${bar(Math.exp(each.logprob))} | ${percent(each.logprob)} |`,
  );
  return [
    `**Expected here** · entropy ${bits(-token.expected.entropy)} bits`,
    ['| | | |', '|:--|:--|--:|', ...rows].join('\n'),
  ];
}

function choice(token: HoveredToken, { text, replacement, why }: Alternative): string {
  if (!replacement) return chip(text) + (why ? ` ${why}` : '');
  const title = `Replace ${shown(token.text)} by ${shown(text)}`;
  return `[${chip(text)}](${link(REPLACE_COMMAND, replacement)} "${title}")`;
}

const shown = (text: string) => literal(displayToken(text));

function named({ id, expected, likeliest }: HoveredToken): string[] {
  const others = expected ? likeliest.filter((each) => each.id !== id).slice(0, NAMED) : [];
  if (others.length === 0) return [];
  const list = others.map(({ text, logprob }) => `${chip(text)} ${percent(logprob)}`);
  return [`${expected?.rank === 1 ? 'As expected; otherwise' : 'Expected instead:'} ${list.join(', ')}`]; // prettier-ignore
}
