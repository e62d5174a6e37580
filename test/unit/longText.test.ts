import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { PlainGpt2 } from '../fixtures/plainGpt2';
import { randomCheckpoint } from '../fixtures/randomCheckpoint';
import { maxDistance } from '../golden/distance';

const folder = mkdtempSync(join(tmpdir(), 'forward-pass-long-'));
afterAll(() => rmSync(folder, { recursive: true }));

const idsOf = (n: number) => Array.from({ length: n }, (_, i) => (i * 31 + (i >> 3)) % 97);
const sameValue = 5e-5;

// Long texts go through another operator than short ones: both, and where one gives way to the other.
it('reads texts of any length as plain loops do', async () => {
  const path = randomCheckpoint(
    join(folder, 'gpt2'),
    {
      model_type: 'gpt2',
      n_layer: 2,
      n_head: 2,
      n_embd: 16,
      n_positions: 672,
      vocab_size: 97,
    },
    1,
    0.3,
  );
  const plain = new PlainGpt2(path);
  const model = await Model.load(path, 1);
  try {
    const expected = Float32Array.from(plain.residual(idsOf(672)).flatMap((row) => [...row]));
    for (const n of [1, 639, 640, 672]) {
      const residual = await forwardPass(model, idsOf(n));
      expect(maxDistance(residual.at(-1)!, expected.subarray(0, n * 16))).toBeLessThan(sameValue);
      const both = await model.block(1, new Float32Array([...residual[1]!, ...residual[1]!]), 2);
      for (const half of [both.subarray(0, n * 16), both.subarray(n * 16)]) {
        expect(maxDistance(half, expected.subarray(0, n * 16))).toBeLessThan(sameValue);
      }
    }
  } finally {
    await model.release();
  }
});

it.each([
  ['windows', { model_type: 'gpt_neo', num_heads: 2, num_layers: 2, window_size: 100, attention_types: [[['local'], 2]] }], // prettier-ignore
  ['shared keys and values', { model_type: 'llama', num_attention_heads: 2, num_key_value_heads: 1, num_hidden_layers: 2, intermediate_size: 24 }], // prettier-ignore
  ['shared keys and values, windows', { model_type: 'mistral', num_attention_heads: 2, num_key_value_heads: 1, num_hidden_layers: 2, intermediate_size: 24, sliding_window: 100 }], // prettier-ignore
])('reads the beginning of a long text as a text of its own: %s', async (name, config) => {
  const sizes = { hidden_size: 16, max_position_embeddings: 672, vocab_size: 97 };
  const path = randomCheckpoint(join(folder, name), { ...sizes, ...config }, 2, 0.3);
  const model = await Model.load(path, 1);
  try {
    const long = (await forwardPass(model, idsOf(672))).at(-1)!;
    for (const n of [40, 300, 639]) {
      const short = (await forwardPass(model, idsOf(n))).at(-1)!;
      expect(maxDistance(short, long.subarray(0, short.length))).toBeLessThan(sameValue);
    }
  } finally {
    await model.release();
  }
});
