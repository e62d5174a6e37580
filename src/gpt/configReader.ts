import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/userError';

/** Reads values out of a `config.json`, with an error for people where one is missing or wrong. */
export class ConfigReader {
  private constructor(private readonly json: Record<string, unknown>) {}

  /** @throws {UserError} where the folder holds no readable `config.json`. */
  static async open(folder: string): Promise<ConfigReader> {
    const path = join(folder, 'config.json');
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw unreadable(folder, path, cause);
    });
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new UserError(`${path} is not valid JSON. Download or export the model again.`, {
        cause,
      });
    }
    return ConfigReader.of(json);
  }

  static of(json: unknown): ConfigReader {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new UserError('config.json must hold an object. Download or export the model again.');
    }
    return new ConfigReader(json as Record<string, unknown>);
  }

  /** A whole number of at least 1. */
  size(key: string, fallback?: number): number {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
    throw this.wrong(key, value, 'a whole number above 0');
  }

  positive(key: string, fallback: number): number {
    const value = this.json[key] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw this.wrong(key, value, 'a number above 0');
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

  /** A token id below `vocabSize`, or null where the file names none. */
  tokenId(key: string, vocabSize: number): number | null {
    const value = this.json[key];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabSize
      ? value
      : null;
  }

  private wrong(key: string, value: unknown, expected: string): UserError {
    const found = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`;
    return new UserError(`config.json: "${key}" must be ${expected}, but ${found}.`);
  }
}

function unreadable(folder: string, path: string, cause: NodeJS.ErrnoException): UserError {
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(
        `${folder} is not a model folder: there is no config.json in it. ` +
          'Choose a folder with config.json and model.safetensors.',
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} cannot be read: permission denied. Change its permissions.`, {
        cause,
      });
    default:
      return new UserError(`${path} cannot be read (${cause.code ?? 'unknown error'}).`, { cause });
  }
}
