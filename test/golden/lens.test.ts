import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attribution } from '../../src/inspection/attribution';
import { lens } from '../../src/inspection/lens';
import { lensTable } from '../../src/inspection/lensTable';
import { inspectorGoldens } from './inspector/inspectorGoldens';

/** The largest distances from TransformerLens that are let pass: float32 beside float64. */
const limits = { logit: 5e-5, logprob: 5e-5, entropy: 5e-5, kl: 1e-4 };

const worst: Record<string, Record<string, string>> = {};
afterAll(() => console.table(worst));

describe.each(inspectorGoldens())('in $name', ({ name, folder, tensors }) => {
  const ids = [...tensors.ids.data];
  const n = ids.length;
  let model: Model;
  let residual: ResidualStream;
  beforeAll(async () => {
    model = await Model.load(folder, 1);
    residual = await forwardPass(model, ids);
  });
  afterAll(() => model.release());

  const distances: Record<string, number> = {};
  afterAll(() => {
    worst[name] = Object.fromEntries(
      Object.entries(distances).map(([what, distance]) => [what, distance.toExponential(1)]),
    );
  });
  const close = (
    what: string,
    limit: number,
    actual: ArrayLike<number>,
    expected: Float32Array,
  ) => {
    expect(actual.length, what).toBe(expected.length);
    let most = 0;
    expected.forEach((value, i) => {
      const distance = Math.abs(actual[i]! - value);
      // NaN has to count as far away.
      if (!(distance <= most)) most = Number.isNaN(distance) ? Infinity : distance;
    });
    distances[what] = Math.max(distances[what] ?? 0, most);
    expect(most, what).toBeLessThanOrEqual(limit);
  };

  it('the logit lens is that of TransformerLens', async () => {
    const { streams, final } = await lens(model, residual, n - 1, null, 5, String);
    const topIds = tensors['lens.topIds'].data;
    expect(final.id).toBe(topIds[topIds.length - 5]);
    expect(streams.flatMap(({ top }) => top.map(({ id }) => id))).toEqual([...topIds]);
    expect(streams.map((stream) => stream.final.rank)).toEqual([...tensors['lens.rank'].data]);
    const topLogprobs = streams.flatMap(({ top }) => top.map(({ logprob }) => logprob));
    close('top', limits.logprob, topLogprobs, tensors['lens.topLogprobs'].data);
    const finalLogprobs = streams.map((stream) => stream.final.logprob);
    close('final', limits.logprob, finalLogprobs, tensors['lens.logprob'].data);
    const entropies = streams.map(({ entropy }) => entropy);
    close('entropy', limits.entropy, entropies, tensors['lens.entropy'].data);
  });

  it('gives every token that really came what TransformerLens gives it', async () => {
    const vocab = tensors['lens.logprobs'].shape[1]!;
    const logprobs = tensors['lens.logprobs'].data; // [2 layer + 1, vocab]
    for (const actualId of [0, 7, vocab - 1]) {
      const { streams } = await lens(model, residual, n - 1, actualId, 1, String);
      for (const [row, { actual }] of streams.entries()) {
        const own = logprobs.subarray(row * vocab, (row + 1) * vocab);
        expect(actual!.logprob).toBeCloseTo(own[actualId]!, 3);
        expect(actual!.rank).toBe(1 + own.filter((other) => other > own[actualId]!).length);
      }
    }
  });

  it('the table of all positions is that of TransformerLens', async () => {
    const table = await lensTable(model, residual, 0, n, String);
    expect([...table.topIds]).toEqual([...tensors['lensGrid.topId'].data]);
    const topLogprobs = table.topProbability.map(Math.log);
    close('grid', limits.logprob, topLogprobs, tensors['lensGrid.topLogprob'].data);
    close('kl', limits.kl, table.klToFinal, tensors['lensGrid.kl'].data);
  });

  it.each(['target', 'difference'] as const)(
    'attributes the %s to the same parts',
    async (what) => {
      const [target, versus] = tensors['attribution.ids'].data as unknown as [number, number];
      const asked = { position: n - 1, target, versus: what === 'target' ? null : versus };
      const found = await attribution(model, ids, residual, asked, String);
      const part = (name: string, actual: ArrayLike<number>) =>
        close(what, limits.logit, actual, tensors[`attribution.${what}.${name}` as 'logits'].data);
      part('tokenEmbedding', [found.tokenEmbedding]);
      part('positionEmbedding', [found.positionEmbedding]);
      part('heads', found.heads);
      part('attnBiases', found.attnBias);
      part('mlps', found.mlps);
      part('finalBias', [found.finalNormBias]);
      part('sum', [found.sum]);
      part('sum', [found.logit]);
      close('error', 1e-4, [found.error], Float32Array.of(0));
      if (what === 'target') {
        const byItself = { position: n - 1, target: null, versus: null };
        expect((await attribution(model, ids, residual, byItself, String)).target.id).toBe(target);
      }
    },
  );
});
