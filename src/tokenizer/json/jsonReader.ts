import { UserError } from '../../protocol/userError';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads what others wrote, and says precisely what it cannot take. `label` begins each sentence,
 * such as "The tokenizer of the model in /models/x".
 */
export class JsonReader {
  constructor(readonly label: string) {}

  /** @param words go on after the label */
  refuse(words: string): UserError {
    return new UserError(`${this.label} ${words}`);
  }

  /** What it has that is not supported. */
  unsupported(what: string): UserError {
    return this.refuse(`uses ${what}, which is not supported: choose another model.`);
  }

  damaged(what: string): UserError {
    return this.refuse(`cannot be read, because ${what}: get its files again.`);
  }

  object(value: unknown, name: string): JsonObject {
    if (isObject(value)) return value;
    throw this.damaged(`${name} is not an object`);
  }

  array(value: unknown, name: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw this.damaged(`${name} is not a list`);
  }

  string(value: unknown, name: string): string {
    if (typeof value === 'string') return value;
    throw this.damaged(`${name} is not a text`);
  }

  boolean(value: unknown, name: string, fallback: boolean): boolean {
    if (value === undefined || value === null) return fallback;
    if (typeof value === 'boolean') return value;
    throw this.damaged(`${name} is neither true nor false`);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name from a file, short enough for a sentence. */
export function quoted(name: unknown): string {
  const text = JSON.stringify(name) ?? 'undefined';
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
