import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/userError';

/** No config.json is larger; a file that is, such as one of weights, need not be read to know. */
const maxBytes = 4 * 2 ** 20;

/** Reads values out of a `config.json`, with an error for people where one is missing or wrong. */
export class ConfigReader {
  private constructor(
    private readonly json: Record<string, unknown>,
    /** What errors call the file. */
    readonly place: string,
  ) {}

  /** @throws {UserError} where the folder holds no readable `config.json`. */
  static async open(folder: string): Promise<ConfigReader> {
    const path = join(folder, 'config.json');
    return ConfigReader.read(path).catch((cause: unknown) => {
      throw cause instanceof UserError ? cause : unreadable(folder, path, cause);
    });
  }

  /**
   * A file that is a configuration whatever it is called, or a folder that holds `config.json`.
   *
   * @throws {UserError} where there is none that can be read.
   */
  static async openPath(path: string): Promise<ConfigReader> {
    try {
      if ((await stat(path)).isDirectory()) return await ConfigReader.open(path);
      return await ConfigReader.read(path);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      throw missing
        ? new UserError(`There is no file ${path}. Choose a config.json.`, { cause })
        : unreadable(path, path, cause);
    }
  }

  /** @param place what is called so where the text is not JSON. */
  static parse(text: string, place: string): ConfigReader {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new UserError(`${place} is not valid JSON. Download or export the model again.`, {
        cause,
      });
    }
    return ConfigReader.of(json);
  }

  private static async read(path: string): Promise<ConfigReader> {
    const { size } = await stat(path);
    if (size > maxBytes) {
      throw new UserError(
        `${path} is too large for a config.json (${Math.round(size / 2 ** 20)} MB). ` +
          'Choose the config.json beside the weights.',
      );
    }
    return ConfigReader.parse(await readFile(path, 'utf8'), path);
  }

  /** @param place what errors call the file that the configuration is in. */
  static of(json: unknown, place = 'config.json'): ConfigReader {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new UserError(`${place} must hold an object. Download or export the model again.`);
    }
    return new ConfigReader(json as Record<string, unknown>, place);
  }

  /** A whole number of at least 1, and at most `most`, beyond which no model is. */
  size(key: string, fallback?: number, most = 2 ** 31 - 1): number {
    const value = this.json[key] ?? fallback;
    const whole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
    if (whole && value <= most) return value;
    throw this.wrong(key, value, whole ? `at most ${most}` : 'a whole number above 0');
  }

  /** The same, or null where the file says null, or nothing and there is no `fallback`. */
  optionalSize(key: string, fallback: number | null = null): number | null {
    const value = this.json[key] === undefined ? fallback : this.json[key];
    return value === null ? null : this.size(key, fallback ?? undefined);
  }

  /** A size by which another one, the value of `ofKey`, can be divided. */
  divisor(key: string, of: number, ofKey: string, fallback?: number): number {
    const size = this.size(key, fallback);
    if (of % size === 0) return size;
    throw new UserError(`${this.place}: ${ofKey} (${of}) must be a multiple of ${key} (${size}).`);
  }

  /** A whole number of at least 0. */
  count(key: string, fallback: number): number {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.wrong(key, value, 'a whole number of at least 0');
  }

  positive(key: string, fallback?: number): number {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw this.wrong(key, value, 'a number above 0');
  }

  /** The same, or null where the file says null, or nothing and there is no `fallback`. */
  optionalPositive(key: string, fallback: number | null = null): number | null {
    const value = this.json[key] === undefined ? fallback : this.json[key];
    return value === null ? null : this.positive(key, fallback ?? undefined);
  }

  /** Numbers above 0, as many as are needed. */
  positives(key: string, length: number): number[] {
    const value = this.json[key];
    const valid =
      Array.isArray(value) &&
      value.length === length &&
      value.every((x) => typeof x === 'number' && Number.isFinite(x) && x > 0);
    if (valid) return value as number[];
    throw this.wrong(key, value, `a list of ${length} numbers above 0`);
  }

  /** A part of a whole: above 0, and at most 1. */
  share(key: string, fallback: number): number {
    const value = this.positive(key, fallback);
    if (value <= 1) return value;
    throw this.wrong(key, value, 'at most 1');
  }

  /** Which part of a head's features rotary positions turn. */
  rotaryShare(fallback: number): number {
    const newer = this.object('rope_parameters');
    return (newer?.has('partial_rotary_factor') ? newer : this).share(
      'partial_rotary_factor',
      fallback,
    );
  }

  has(key: string): boolean {
    return (this.json[key] ?? null) !== null;
  }

  list(key: string): unknown[] | null {
    const value = this.json[key] ?? null;
    if (value === null || Array.isArray(value)) return value;
    throw this.wrong(key, value, 'a list');
  }

  /** An object within, to be read in the same way; null where there is none. */
  object(key: string): ConfigReader | null {
    const value = this.json[key] ?? null;
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw this.wrong(key, value, 'an object');
    }
    return new ConfigReader(value as Record<string, unknown>, this.place);
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.wrong(key, value, 'true or false');
  }

  text(key: string, fallback?: string): string {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'string') return value;
    throw this.wrong(key, value, 'a text');
  }

  /** A text, or null where the file has none. */
  optionalText(key: string): string | null {
    return (this.json[key] ?? null) === null ? null : this.text(key);
  }

  /** A token id below `vocabSize`, or null where the file names none. */
  tokenId(key: string, vocabSize: number): number | null {
    const value = this.json[key];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabSize
      ? value
      : null;
  }

  private wrong(key: string, value: unknown, expected: string): UserError {
    const found = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`;
    return new UserError(`${this.place}: "${key}" must be ${expected}, but ${found}.`);
  }
}

function unreadable(folder: string, path: string, cause: unknown): UserError {
  const { code } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(
        `${folder} is not a model folder: there is no config.json in it. ` +
          'Choose a folder with config.json and model.safetensors, or a GGUF file.',
        { cause },
      );
    case 'ELOOP':
      return new UserError(
        `${path} is a symbolic link that leads back to itself. Download the model again.`,
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} cannot be read: permission denied. Change its permissions.`, {
        cause,
      });
    default:
      return new UserError(`${path} cannot be read (${code ?? 'unknown error'}).`, { cause });
  }
}
