import { describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attentionPattern } from '../../src/inspection/attention';
import { headSummary } from '../../src/inspection/headSummary';
import { inspectorGoldens } from './inspector/inspectorGoldens';

const tolerance = 1e-5;

/** The largest distance; NaN where a value is none. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Array.from(actual).reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
}

describe.each(inspectorGoldens())('attention in $name', ({ folder, tensors }) => {
  const ids = [...tensors.ids.data];
  const n = ids.length;
  const [nLayer, nHead] = tensors.pattern.shape as [number, number];
  const layers = Array.from({ length: nLayer }, (_, layer) => layer);
  const scoreNames = ['entropy', 'previousToken', 'firstToken', 'sameToken', 'induction'] as const;

  const withPass = async (
    check: (model: Model, residual: Float32Array[]) => Promise<void>,
  ): Promise<void> => {
    const model = await Model.load(folder, 1);
    try {
      await check(model, await forwardPass(model, ids));
    } finally {
      await model.release();
    }
  };

  it.each(scoreNames)('has the heads’ %s of TransformerLens', (name) =>
    withPass(async (model, residual) => {
      const found: number[] = [];
      for (const layer of layers) {
        const { scores } = await headSummary(model, residual, ids, layer, { size: 8 });
        found.push(...scores.map((own) => own[name]!));
      }
      expect(distance(found, tensors[`scores.${name}`].data)).toBeLessThan(tolerance);
    }),
  );

  it('is weighted by values as there, and the mean and largest of the heads', () =>
    withPass(async (model, residual) => {
      const of = (head: null | 'mean' | 'max', weighted: boolean) =>
        attentionPattern(model, residual, 0, head, weighted).then(({ pattern }) => pattern);
      const sources = [
        [tensors.valueWeighted.data, true],
        [tensors.pattern.data.subarray(0, nHead * n * n), false],
      ] as const;
      for (const [expected, weighted] of sources) {
        const size = expected.reduce((most, value) => Math.max(most, value), 0);
        const within = tolerance * Math.max(1, size);
        expect(distance(await of(null, weighted), expected)).toBeLessThan(within);
        const cells = Array.from({ length: n * n }, (_, cell) =>
          Array.from({ length: nHead }, (_, head) => expected[head * n * n + cell]!),
        );
        const mean = cells.map((heads) => heads.reduce((a, b) => a + b) / nHead);
        expect(distance(await of('mean', weighted), mean)).toBeLessThan(within);
        const most = cells.map((heads) => Math.max(...heads));
        expect(distance(await of('max', weighted), most)).toBeLessThan(within);
      }
    }));

  it('rolls out as there', () =>
    withPass(async (model, residual) => {
      const { pattern } = await attentionPattern(model, residual, nLayer - 1, 'rollout');
      expect(distance(pattern, tensors.rollout.data)).toBeLessThan(tolerance);
    }));
});
