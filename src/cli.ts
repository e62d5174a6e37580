import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { Engine } from './engine/engine';
import { bundledModelFolder } from './models/modelFolder';
import type { Progress } from './protocol/engine';
import type { ModelRef } from './protocol/inspection';
import { UserError } from './protocol/userError';

/**
 * The engine without an editor: one JSON document on stdout, everything else on stderr. Exit status
 * 0 is done, 1 failed with one sentence, 2 wrong usage.
 */
const usage = `Usage: forward-pass COMMAND [options]

Commands
  inspect      tokens, what each was expected to be, and the next-token distribution
  attention    attention patterns of a layer (--layer L, --head H)
  generate     continue the text (--max-tokens, --temperature, --top-k, --top-p, --seed)
  model        configuration, parameters by component, vocabulary

Input: --text T, --file F, or standard input
  --model DIR        Hugging Face folder (default: the bundled model)
  --top-k K          inspect: tokens in each list (default 10); generate: sample from the K likeliest
  --bos              put the beginning-of-text token in front
  --stride N         inspect: the whole text, in windows that move on by N tokens
  --layer L          attention: layer, from 0
  --head H           attention: head, from 0 (default: all heads)
  --max-tokens N     generate: tokens to add (default 20)
  --temperature T    generate: 0 takes the likeliest token each time (default 0)
  --top-p P          generate: sample from the likeliest tokens that make up P (default 1)
  --seed N           generate: seed of the random numbers (default 0)
  --threads N        threads for the arithmetic (default: one for each physical core)
`;

class UsageError extends Error {}

async function main(): Promise<unknown> {
  const { values, positionals } = readArguments();
  const [command, ...extra] = positionals;
  if (extra.length > 0) throw new UsageError(`Unexpected argument: ${extra[0]}`);
  const { handlers } = new Engine();
  const model: ModelRef = {
    folder: resolve(values.model ?? bundledModelFolder(join(__dirname, '..'))),
    threads: integer('threads', values.threads, { fallback: 0 }),
  };
  const bos = values.bos ?? false;
  const options = { onProgress: showProgress };

  switch (command) {
    case 'inspect': {
      const topK = integer('top-k', values['top-k'], { fallback: 10, min: 1 });
      const { stride } = values;
      const params = { model, text: await readText(values), topK, bos };
      const inspection =
        stride === undefined
          ? await handlers.inspect(params, options)
          : await handlers.inspectDocument(
              { ...params, stride: integer('stride', stride, { min: 1 }) },
              options,
            );
      const { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters } = inspection.model;
      return {
        model: { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters },
        tokens: inspection.tokens,
        next: inspection.next,
        totals: inspection.totals,
        truncated: inspection.truncated,
        timing: inspection.timing,
      };
    }
    case 'attention': {
      const layer = integer('layer', values.layer, {});
      const head = values.head === undefined ? null : integer('head', values.head, {});
      const text = await readText(values);
      const { run, tokens } = await handlers.inspect({ model, text, topK: 1, bos }, options);
      const { pattern, heads } = await handlers.attention({ run, layer, head }, options);
      const n = tokens.length;
      const matrix = (index: number) =>
        tokens.map((_, query) => {
          const start = (index * n + query) * n;
          return Array.from(pattern.subarray(start, start + n));
        }); // [queryPos][keyPos]
      const named = tokens.map(({ index, id, text }) => ({ index, id, text }));
      return head === null
        ? { layer, heads, tokens: named, patterns: heads.map((_, index) => matrix(index)) }
        : { layer, head, tokens: named, pattern: matrix(0) };
    }
    case 'generate': {
      const topK = values['top-k'];
      const params = {
        model,
        bos,
        maxTokens: integer('max-tokens', values['max-tokens'], { fallback: 20, min: 1 }),
        sampling: {
          temperature: number('temperature', values.temperature, { fallback: 0, min: 0 }),
          topK: topK === undefined ? null : integer('top-k', topK, { min: 1 }),
          topP: number('top-p', values['top-p'], { fallback: 1, min: 0, max: 1 }),
        },
        seed: integer('seed', values.seed, { fallback: 0 }),
      };
      return handlers.generate({ ...params, text: await readText(values) }, options);
    }
    case 'model':
      return handlers.describe({ model }, options);
    default:
      throw new UsageError(command ? `Unknown command: ${command}` : 'No command given');
  }
}

function readArguments() {
  const string = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        model: string,
        text: string,
        file: string,
        'top-k': string,
        bos: { type: 'boolean' },
        stride: string,
        layer: string,
        head: string,
        'max-tokens': string,
        temperature: string,
        'top-p': string,
        seed: string,
        threads: string,
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readText({ text, file }: { text?: string; file?: string }): Promise<string> {
  if (text !== undefined && file !== undefined) {
    throw new UsageError('Give either --text or --file, not both');
  }
  if (text !== undefined) return text;
  if (file === undefined) {
    if (process.stdin.isTTY) throw new UsageError('Give --text, --file, or standard input');
    return readAll(process.stdin);
  }
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${cause.code ?? cause.message}).`, { cause });
  });
}

interface Bounds {
  /** Used where the option is not given; without it, the option is required. */
  fallback?: number;
  min?: number;
  max?: number;
}

function number(name: string, value: string | undefined, { fallback, min, max }: Bounds): number {
  if (value === undefined && fallback !== undefined) return fallback;
  const parsed = value === undefined || value.trim() === '' ? NaN : Number(value);
  const bounds = { low: min ?? -Infinity, high: max ?? Infinity };
  if (parsed >= bounds.low && parsed <= bounds.high && Number.isFinite(parsed)) return parsed;
  throw new UsageError(`--${name} needs a number${range(min, max)}`);
}

function integer(name: string, value: string | undefined, { fallback, min = 0, max }: Bounds) {
  const parsed = number(name, value, { fallback, min, max });
  if (Number.isSafeInteger(parsed)) return parsed;
  throw new UsageError(`--${name} needs a whole number${range(min, max)}`);
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min === undefined ? '' : ` of at least ${min}`;
}

/** On a terminal, one line that is written over; in a script, nothing. */
function showProgress({ message }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${message}`);
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

// Whoever reads only the beginning (`| head`) closes the pipe: no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main().then(
  (result) => {
    endProgress();
    process.stdout.write(`${JSON.stringify(result, null, process.stdout.isTTY ? 2 : 0)}\n`);
  },
  (error: unknown) => {
    endProgress();
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${usage}`);
      process.exitCode = 2;
    } else {
      const sentence = error instanceof UserError ? error.message : String(error);
      process.stderr.write(`${sentence}\n`);
      process.exitCode = 1;
    }
  },
);
