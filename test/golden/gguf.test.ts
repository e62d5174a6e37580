import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attentionOut } from '../../src/gpt/probes/attentionOut';
import { logitsOf } from '../../src/gpt/probes/logitsOf';
import { mlp, neuronOutputs } from '../../src/gpt/probes/mlp';
import { attentionPattern } from '../../src/inspection/attention';
import { loadGolden } from './goldens';

const root = join(import.meta.dirname, 'gguf', 'data');

/** How the models of gguf/gpt2.py store most of their numbers. */
const dtypes = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  legacy: 'Q5_1',
  kQuants: 'Q4_K',
  iq4: 'IQ4_NL',
};

const table: Record<string, Record<string, string>> = {};
afterAll(() => console.table(table));

describe.each(Object.entries(dtypes))('the GGUF golden %s', (name, dtype) => {
  it('agrees with transformers on the same weights', async () => {
    const golden = loadGolden(name, root);
    const model = await Model.load(join(golden.folder, 'model.gguf'), 1);
    try {
      expect(model.description.dtype).toBe(dtype);
      expect(model.description.name).toBe('model');
      const worst = { logit: 0, residual: 0, pattern: 0 };
      for (const { ids, logits, residual, patterns } of golden.inputs) {
        const ours = await forwardPass(model, ids);
        residual.forEach((expected, layer) => {
          worst.residual = Math.max(worst.residual, distance(ours[layer]!, expected));
        });
        worst.logit = Math.max(worst.logit, distance(await model.logits(ours.at(-1)!), logits));
        for (const [layer, expected] of patterns.entries()) {
          const { pattern } = await attentionPattern(model, ours, layer, null);
          worst.pattern = Math.max(worst.pattern, distance(pattern, expected));
        }
      }
      table[name] = Object.fromEntries(
        Object.entries(worst).map(([key, value]) => [key, value.toExponential(1)]),
      );
      expect(worst.logit).toBeLessThan(2e-4);
      expect(worst.residual).toBeLessThan(1e-4);
      expect(worst.pattern).toBeLessThan(1e-5);
    } finally {
      await model.release();
    }
  });
});

describe.each(Object.keys(dtypes))('the GGUF golden %s', (name) => {
  it('is looked into as any model is', async () => {
    const { folder, inputs } = loadGolden(name, root);
    const model = await Model.load(folder, 1);
    try {
      const { ids, residual } = inputs[1]!;
      const last = residual.at(-1)!;
      // What the MLP writes is what the residual stream gains by it.
      const heads = await attentionOut(model, 0, residual[0]!);
      const residMid = residual[0]!.map((x, i) => x + heads.attnOut[i]!);
      const { mlpPost, mlpOut } = await mlp(model, 0, residMid);
      expect(distance(add(residMid, mlpOut), residual[1]!)).toBeLessThan(1e-4);
      // And so is the sum of its neurons' outputs and its bias.
      const { nInner, nEmbd, vocabSize } = model.config;
      const neurons = Array.from({ length: nInner }, (_, i) => i);
      const outputs = await neuronOutputs(model, 0, neurons);
      const n = ids.length - 1;
      const [first, second] = [0, n].map((row) =>
        Float64Array.from({ length: nEmbd }, (_, column) =>
          neurons.reduce(
            (sum, i) => sum + mlpPost[row * nInner + i]! * outputs[i * nEmbd + column]!,
            -mlpOut[row * nEmbd + column]!,
          ),
        ),
      );
      expect(distance(first!, second!)).toBeLessThan(1e-4);
      // Logits of single tokens by rows of the table, as by the whole of it.
      const some = [0, 7, vocabSize - 1];
      const all = await model.logits(last);
      const few = await logitsOf(model, last, some);
      const expected = ids.flatMap((_, row) => some.map((id) => all[row * vocabSize + id]!));
      expect(distance(few, expected)).toBeLessThan(1e-4);
    } finally {
      await model.release();
    }
  });
});

it('is found where a folder holds one GGUF file and nothing else of a model', async () => {
  const model = await Model.load(join(root, 'float32'), 1);
  expect(model.description.name).toBe('float32');
  await model.release();
});

it.each(['', 'legacy-00001-of-00003.gguf', 'legacy-00003-of-00003.gguf'])(
  'is the same, bit for bit, in several files, of which "%s" is named',
  async (named) => {
    const { inputs } = loadGolden('legacy', root);
    const folder = join(root, 'split');
    const whole = await Model.load(join(root, 'legacy', 'model.gguf'), 1);
    const parts = await Model.load(join(folder, named), 1);
    try {
      expect(parts.description.name).toBe(named === '' ? 'split' : 'legacy');
      expect(parts.weightFiles.map((path) => basename(path))).toEqual(
        [1, 2, 3].map((part) => `legacy-0000${part}-of-00003.gguf`),
      );
      expect(parts.takeVocabulary()).toEqual(whole.takeVocabulary());
      for (const { ids } of inputs) {
        const [expected, logits] = await Promise.all(
          [whole, parts].map(async (model) =>
            model.logits((await forwardPass(model, ids)).at(-1)!),
          ),
        );
        expect(Buffer.from(logits!.buffer).equals(Buffer.from(expected!.buffer))).toBe(true);
      }
    } finally {
      await Promise.all([whole.release(), parts.release()]);
    }
  },
);

function add(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((x, i) => x + b[i]!);
}

function distance(ours: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(ours.length).toBe(expected.length);
  let most = 0;
  for (let i = 0; i < ours.length; i++) {
    const d = Math.abs(ours[i]! - expected[i]!);
    most = Math.max(most, Number.isNaN(d) ? Infinity : d);
  }
  return most;
}
