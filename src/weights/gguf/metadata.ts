import { UserError } from '../../protocol/userError';
import type { GgufValue } from './cursor';

/** What a GGUF file says of its model: `{arch}` in a key stands for the architecture's name. */
export class GgufMetadata {
  readonly architecture: string;

  /** @param fileName for sentences. */
  constructor(
    private readonly entries: ReadonlyMap<string, GgufValue>,
    private readonly fileName: string,
  ) {
    this.architecture = this.text('general.architecture');
  }

  has(key: string): boolean {
    return this.entries.has(this.fullKey(key));
  }

  /** Whether the entry is there and has a value for each of several things. */
  isList(key: string): boolean {
    return Array.isArray(this.get(key));
  }

  number(key: string, fallback?: number): number {
    const value = this.get(key) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    // A number for each layer, where all are the same.
    if (isNumbers(value) && value.length > 0 && value.every((n) => n === value[0]))
      return value[0]!;
    throw this.wrong(key, value, 'a number');
  }

  /** A whole number above 0. */
  size(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw this.wrong(key, value, 'a whole number above 0');
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.get(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.wrong(key, value, 'true or false');
  }

  text(key: string, fallback?: string): string {
    const value = this.get(key) ?? fallback;
    if (typeof value === 'string') return value;
    throw this.wrong(key, value, 'a text');
  }

  texts(key: string): readonly string[] {
    const value = this.get(key);
    if (Array.isArray(value) && (value.length === 0 || typeof value[0] === 'string')) {
      return value as readonly string[];
    }
    throw this.wrong(key, value, 'a list of texts');
  }

  numbers(key: string): readonly number[] {
    const value = this.get(key);
    if (isNumbers(value)) return value;
    throw this.wrong(key, value, 'a list of numbers');
  }

  refuse(what: string): UserError {
    return new UserError(`${this.fileName} ${what}`);
  }

  private get(key: string): GgufValue | undefined {
    return this.entries.get(this.fullKey(key));
  }

  private fullKey(key: string): string {
    return key.replace('{arch}', this.architecture);
  }

  private wrong(key: string, value: GgufValue | undefined, expected: string): UserError {
    const shown = JSON.stringify(value)?.slice(0, 60);
    const found = shown === undefined ? 'it is missing' : `it is ${shown}`;
    return this.refuse(`cannot be used: "${this.fullKey(key)}" must be ${expected}, but ${found}.`);
  }
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && (value.length === 0 || typeof value[0] === 'number');
}
