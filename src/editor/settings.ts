import { UserError } from '../protocol/userError';

/** Where `forwardPass.*` is read from, key by key. */
export type SettingsReader = (key: string) => unknown;

export interface Settings {
  /** As written; empty for the bundled model. */
  model: string;
  topK: number;
  context: 'selection' | 'document';
  notebookContext: 'cell' | 'above';
  beginningOfText: boolean;
  hover: boolean;
  /** 0 leaves the choice to the engine. */
  threads: number;
}

/**
 * The settings, checked: VS Code underlines a wrong value in settings.json but hands it over all
 * the same. A wrong value is said in a sentence instead of being replaced behind one's back.
 */
export function readSettings(read: SettingsReader): Settings {
  return {
    model: expect(read, 'model', isString, 'a folder in quotes'),
    topK: expect(read, 'topK', isIntegerFrom(1, 100), 'a whole number from 1 to 100'),
    context: expect(read, 'context', isContext, '"selection" or "document"'),
    notebookContext: expect(read, 'notebookContext', isNotebookContext, '"cell" or "above"'),
    beginningOfText: expect(read, 'beginningOfText', isBoolean, 'true or false'),
    hover: expect(read, 'hover', isBoolean, 'true or false'),
    threads: expect(read, 'threads', isIntegerFrom(0, 64), 'a whole number from 0 to 64'),
  };
}

function expect<T>(
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

const isString = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isContext = (value: unknown): value is Settings['context'] =>
  value === 'selection' || value === 'document';
const isNotebookContext = (value: unknown): value is Settings['notebookContext'] =>
  value === 'cell' || value === 'above';
const isIntegerFrom =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
