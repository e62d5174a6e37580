import { expect } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import type { Model } from '../../src/gpt/model';
import { argmax } from '../../src/gpt/sampling';
import { attentionPattern } from '../../src/inspection/attention';
import { logitsAt, predictions } from '../../src/inspection/predictions';
import { maxDistance } from './distance';
import type { GoldenInput } from './goldens';

/** The largest distances from `transformers` that are let pass. */
export const limits = {
  logit: 2e-4,
  /** Relative to the largest value of the residual stream. */
  residual: 1e-5,
  pattern: 1e-5,
  /** Sums of probabilities, and rows of a pattern, from 1. */
  sum: 1e-5,
  logprob: 2e-4,
  entropy: 2e-4,
};

export type Distances = Record<keyof typeof limits, number>;

/** No distance yet. */
export function noDistances(): Distances {
  return { logit: 0, residual: 0, pattern: 0, sum: 0, logprob: 0, entropy: 0 };
}

/** Runs one input and enters the distances from the golden values into `worst`. */
export async function compare(model: Model, golden: GoldenInput, worst: Distances): Promise<void> {
  const { ids } = golden;
  const n = ids.length;
  const { vocabSize, nHead, nLayer } = model.config;
  const enter = (quantity: keyof Distances, distance: number) => {
    // NaN has to count as far away, and Math.max would keep it.
    worst[quantity] = Math.max(worst[quantity], Number.isNaN(distance) ? Infinity : distance);
  };

  const residual = await forwardPass(model, ids);
  expect(residual).toHaveLength(nLayer + 1);
  for (const [layer, expected] of golden.residual.entries()) {
    const size = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    enter('residual', maxDistance(residual[layer]!, expected) / size);
  }

  const summaries = await predictions(model, residual, ids, 5);
  expect(summaries).toHaveLength(n);
  const allLogits = await model.logits(residual.at(-1)!); // [n, vocab]
  enter('logit', maxDistance(allLogits, golden.logits));
  enter('logit', maxDistance(await logitsAt(model, residual, n - 1), lastRow(golden.logits, n)));
  for (const [row, { top, entropy, actual }] of summaries.entries()) {
    const logits = allLogits.subarray(row * vocabSize, (row + 1) * vocabSize);
    const expected = golden.logits.subarray(row * vocabSize, (row + 1) * vocabSize);
    const where = `after token ${row} of ${n}`;
    expect(argmax(logits), where).toBe(argmax(expected));
    expect(top.map(({ id }) => id)).toEqual(golden.top[row]!.map(({ id }) => id));
    for (const [i, { logit, logprob }] of top.entries()) {
      enter('logprob', Math.abs(logprob - golden.top[row]![i]!.logprob));
      enter('logit', Math.abs(logit - expected[golden.top[row]![i]!.id]!));
    }
    enter('entropy', Math.abs(entropy - golden.entropy[row]!));
    const logSumExp = top[0]!.logit - top[0]!.logprob;
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - logSumExp), 0);
    enter('sum', Math.abs(total - 1));
    if (row === n - 1) {
      expect(actual, where).toBeNull();
    } else {
      expect(actual!.rank, where).toBe(golden.rank[row]);
      enter('logprob', Math.abs(actual!.logprob - golden.logprob[row]!));
    }
  }

  for (const [layer, expected] of golden.patterns.entries()) {
    const { pattern } = await attentionPattern(model, residual, layer, null);
    enter('pattern', maxDistance(pattern, expected));
    for (let row = 0; row < nHead * n; row++) {
      const weights = pattern.subarray(row * n, (row + 1) * n); // [keyPos]
      enter('sum', Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1));
      const ahead = weights.subarray((row % n) + 1);
      expect(ahead.every((weight) => weight === 0)).toBe(true);
    }
    const head = nHead - 1;
    const alone = await attentionPattern(model, residual, layer, head);
    enter('pattern', maxDistance(alone.pattern, expected.subarray(head * n * n)));
  }
}

export function inShort(values: Record<string, number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.toExponential(1)]),
  );
}

function lastRow(values: Float32Array, rows: number): Float32Array {
  return values.subarray(values.length - values.length / rows);
}
