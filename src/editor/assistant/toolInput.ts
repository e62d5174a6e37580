import { count } from '../numbers';
import { UserError } from '../../protocol/userError';

/** What the tool that measures a text was given, checked. */
export interface MeasureInput {
  text: string;
  /** Stands before the text: read, but not reported. */
  context: string;
  /** How many of the likeliest tokens to name. */
  topK: number;
}

/** What the tool that compares two texts was given, checked. */
export interface CompareInput {
  before: string;
  after: string;
  /** Stands before both. */
  context: string;
}

/** The text and its context together, in UTF-16 units; package.json tells the assistant. */
export const TOOL_CHARACTERS = 100_000;
export const TOOL_TOP_K = { least: 1, most: 20, default: 5 };

/**
 * VS Code passes on what the assistant wrote, schema or not.
 *
 * @throws {UserError} with a sentence that the assistant can act on.
 */
export function readMeasureInput(input: unknown): MeasureInput {
  const given = fields(input, ['text', 'context', 'topK'], '"text", "context" and "topK"');
  const text = requiredText(given, 'text');
  const context = optionalText(given, 'context');
  checkLength('text', text, context);
  return { text, context, topK: readTopK(given['topK']) };
}

/** @throws {UserError} with a sentence that the assistant can act on. */
export function readCompareInput(input: unknown): CompareInput {
  const names = '"before", "after" and "context"';
  const given = fields(input, ['before', 'after', 'context'], names);
  const before = requiredText(given, 'before');
  const after = requiredText(given, 'after');
  const context = optionalText(given, 'context');
  checkLength('before', before, context);
  checkLength('after', after, context);
  return { before, after, context };
}

function fields(input: unknown, known: string[], names: string): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UserError(`The input must be an object with ${names}.`);
  }
  const stranger = Object.keys(input).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    throw new UserError(
      `There is no input ${JSON.stringify(stranger.slice(0, 40))}: this tool takes ${names}.`,
    );
  }
  return input as Record<string, unknown>;
}

function requiredText(given: Record<string, unknown>, name: string): string {
  const value = given[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UserError(
    value === ''
      ? `"${name}" is empty: pass the text to measure, word for word.`
      : `"${name}" must be a string, the text to measure word for word, but is ${kind(value)}.`,
  );
}

function optionalText(given: Record<string, unknown>, name: string): string {
  const value = given[name] ?? '';
  if (typeof value === 'string') return value;
  throw new UserError(`"${name}" must be a string or left out, but is ${kind(value)}.`);
}

function readTopK(value: unknown): number {
  const { least, most, default: otherwise } = TOOL_TOP_K;
  if (value === undefined || value === null) return otherwise;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  const said = typeof value === 'number' ? String(value) : kind(value);
  throw new UserError(
    `"topK" must be a whole number from ${least} to ${most} or left out, but is ${said}.`,
  );
}

function checkLength(name: string, text: string, context: string): void {
  const length = text.length + context.length;
  if (length <= TOOL_CHARACTERS) return;
  const together = context === '' ? `"${name}" has` : `"${name}" and "context" together have`;
  throw new UserError(
    `${together} ${count(length)} characters, but this tool takes at most ` +
      `${count(TOOL_CHARACTERS)}: pass a part of the text.`,
  );
}

function kind(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
