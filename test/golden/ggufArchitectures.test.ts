import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { argmax } from '../../src/gpt/sampling';
import { readTensors } from './goldens';

/** Converted by llama.cpp's own scripts, and what transformers computes with the originals. */
const folder = join(import.meta.dirname, 'gguf', 'data', 'architectures');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.gguf'))
  .map((name) => name.slice(0, -'.gguf'.length))
  .sort();

const table: Record<string, Record<string, string>> = {};
afterAll(() => console.table(table));

describe.each(names)('%s converted by llama.cpp', (name) => {
  it('agrees with transformers on the original', async () => {
    const golden = readTensors(join(folder, `${name}.safetensors`));
    const ids = Array.from(new Int32Array(golden.get('ids')!.bytes));
    const expected = new Float32Array(golden.get('logits')!.bytes); // [n, vocab]
    const model = await Model.load(join(folder, `${name}.gguf`), 1);
    try {
      const logits = await model.logits((await forwardPass(model, ids)).at(-1)!);
      const distance = logits.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
      table[name] = { family: model.config.family, logit: distance.toExponential(1) };
      expect(distance).toBeLessThan(2e-4);
      const vocab = model.config.vocabSize;
      for (let row = 0; row < ids.length; row++) {
        const range = [row * vocab, (row + 1) * vocab] as const;
        expect(argmax(logits.subarray(...range))).toBe(argmax(expected.subarray(...range)));
      }
    } finally {
      await model.release();
    }
  });
});
