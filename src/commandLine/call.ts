import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Engine } from '../engine/engine';
import type { PassOptions } from '../gpt/betweenStages';
import { defaultContextLimit } from '../protocol/contextLimit';
import type { Inspection, ModelRef } from '../protocol/inspection';
import type { TextReading } from '../protocol/textReading';
import { UserError } from '../protocol/userError';

/** The command line was written wrongly; the message is followed by the usage text. */
export class UsageError extends Error {}

interface Bounds {
  /** Used where the option is not given; without it, the option is required. */
  fallback?: number;
  min?: number;
  max?: number;
}

/** One call of the command line: its options, and the engine that answers it. */
export class CommandCall {
  constructor(
    readonly engine: Engine['handlers'],
    /** Folder of the model that comes with the program. */
    readonly bundledModel: string,
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
    /** What stands behind the command and is no option. */
    readonly words: readonly string[],
    /** To be handed to every request of the engine. */
    readonly progress: PassOptions,
  ) {}

  get model(): ModelRef {
    const folder = resolve(this.string('model') ?? this.bundledModel);
    return {
      folder,
      // As the setting in the editor: many thousands would bring the system to a halt.
      threads: this.integer('threads', { fallback: 0, max: 64 }),
      contextLimit: this.integer('context', { fallback: defaultContextLimit, min: 1 }),
    };
  }

  /** @throws {UsageError} where it is to begin with the token and not to. */
  get reading(): TextReading {
    const [always, never] = [this.flag('bos'), this.flag('no-bos')];
    if (always && never) throw new UsageError('Give either --bos or --no-bos, not both');
    return {
      bos: always ? true : never ? false : 'auto',
      specialTokens: this.flag('special-tokens') ? 'token' : 'text',
    };
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  /** Undefined where the option is not given. */
  string(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A path, from the working folder on. */
  path(name: string): string | undefined {
    const value = this.string(name);
    return value === undefined ? undefined : resolve(value);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  /** @throws {UsageError} where it is no number within the bounds. */
  number(name: string, { fallback, min, max }: Bounds = {}): number {
    const value = this.string(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const parsed = value === undefined || value.trim() === '' ? NaN : Number(value);
    const bounds = { low: min ?? -Infinity, high: max ?? Infinity };
    if (parsed >= bounds.low && parsed <= bounds.high && Number.isFinite(parsed)) return parsed;
    throw new UsageError(`--${name} needs a number${range(min, max)}`);
  }

  /** @throws {UsageError} where it is no whole number within the bounds, by default from 0. */
  integer(name: string, { fallback, min = 0, max }: Bounds = {}): number {
    const parsed = this.number(name, { fallback, min, max });
    if (Number.isSafeInteger(parsed)) return parsed;
    throw new UsageError(`--${name} needs a whole number${range(min, max)}`);
  }

  /** The text to read: `--text`, `--file`, or standard input. */
  async text(): Promise<string> {
    const text = this.string('text');
    const file = this.string('file');
    if (text !== undefined && file !== undefined) {
      throw new UsageError('Give either --text or --file, not both');
    }
    if (text !== undefined) return text;
    if (file === undefined) {
      if (process.stdin.isTTY) throw new UsageError('Give --text, --file, or standard input');
      return readAll(process.stdin);
    }
    return readText(file);
  }

  /** Inspects a text, by default the one to read: where most commands begin. */
  async inspect(topK: number, text?: string): Promise<Inspection> {
    const params = { model: this.model, text: text ?? (await this.text()), topK };
    return this.engine.inspect({ ...params, ...this.reading }, this.progress);
  }

  /** `--position`, by default the last; negative counts from the end. */
  position(tokens: number): number {
    const position = this.integer('position', { fallback: tokens - 1, min: -tokens });
    if (position >= tokens) {
      throw new UserError(`There is no token ${position}: the text has ${tokens}, from 0.`);
    }
    return position < 0 ? position + tokens : position;
  }
}

/** @throws {UserError} where there is no such file. */
export function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${cause.code ?? cause.message}).`, { cause });
  });
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min === undefined ? '' : ` of at least ${min}`;
}
