import type { SpecialTokensIn, TextReading } from '../protocol/textReading';
import type { MapWeights } from '../protocol/inspection';
import { UserError } from '../protocol/userError';

/** Where `forwardPass.*` is read from, key by key. */
export type SettingsReader = (key: string) => unknown;

export interface Settings {
  /** As written; empty for the bundled model. */
  model: string;
  topK: number;
  context: 'selection' | 'document';
  notebookContext: 'cell' | 'above';
  /** As in `TextReading`. */
  bos: TextReading['bos'];
  specialTokens: SpecialTokensIn;
  hover: boolean;
  /** 0 leaves the choice to the engine. */
  threads: number;
  /** Tokens that are read at once where the model's context is longer. */
  contextLimit: number;
  mapWeights: MapWeights;
}

/**
 * The settings, checked: VS Code underlines a wrong value in settings.json but hands it over all
 * the same. A wrong value is said in a sentence instead of being replaced behind one's back.
 */
export function readSettings(read: SettingsReader): Settings {
  return {
    model: check(read, 'model', isString, 'a folder in quotes'),
    topK: check(read, 'topK', isIntegerFrom(1, 100), 'a whole number from 1 to 100'),
    context: check(read, 'context', isContext, '"selection" or "document"'),
    notebookContext: check(read, 'notebookContext', isNotebookContext, '"cell" or "above"'),
    bos: beginningOfText(read),
    specialTokens: check(read, 'specialTokens', isSpecialTokens, '"text" or "token"'),
    hover: check(read, 'hover', isBoolean, 'true or false'),
    contextLimit: check(
      read,
      'contextLimit',
      isIntegerFrom(16, 131_072),
      'a whole number from 16 to 131072',
    ),
    threads: check(read, 'threads', isIntegerFrom(0, 64), 'a whole number from 0 to 64'),
    mapWeights: check(read, 'mapWeights', isMapWeights, '"auto", "always" or "never"'),
  };
}

function beginningOfText(read: SettingsReader): TextReading['bos'] {
  const value = check(read, 'beginningOfText', isWhen, '"auto", "always" or "never"');
  if (typeof value === 'boolean') return value;
  return value === 'auto' ? 'auto' : value === 'always';
}

/** The value of a setting. @throws {UserError} where it is none that it may have. */
export function check<T>(
  read: SettingsReader,
  key: string,
  holds: (value: unknown) => value is T,
  expected: string,
): T {
  const value = read(key);
  if (holds(value)) return value;
  throw new UserError(
    `The setting forwardPass.${key} is ${JSON.stringify(value)}, but must be ${expected}: change it in the settings.`,
  );
}

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isOneOf =
  <T extends string>(choices: readonly T[]) =>
  (value: unknown): value is T =>
    choices.some((choice) => choice === value);
const isContext = isOneOf(['selection', 'document']);
const isSpecialTokens = isOneOf(['text', 'token']);
/** True and false, as the setting once was. */
const isWhen = (value: unknown): value is 'auto' | 'always' | 'never' | boolean =>
  isBoolean(value) || isOneOf(['auto', 'always', 'never'])(value);
const isMapWeights = isOneOf(['auto', 'always', 'never']);
const isNotebookContext = isOneOf(['cell', 'above']);
export const isIntegerFrom =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
export const isNumberFrom =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    typeof value === 'number' && value >= least && value <= most;
