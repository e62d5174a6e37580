import { describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attentionAt } from '../../src/gpt/probes/attentionAt';
import { attentionOut, attnOutOf } from '../../src/gpt/probes/attentionOut';
import { cachedBlock, keysValues } from '../../src/gpt/probes/cachedBlock';
import { changedBlock, noEdits } from '../../src/gpt/probes/changedBlock';
import { logitDirections } from '../../src/gpt/probes/logitDirections';
import { mlp, neuronOutputs } from '../../src/gpt/probes/mlp';
import { pattern } from '../../src/gpt/probes/pattern';
import { rankTokens } from '../../src/gpt/probes/tokenVectors';
import { inspectorGoldens, type Float32Tensor } from './inspector/inspectorGoldens';

/** float32 beside float64, in activations of some dozens. */
const tolerance = 1e-4;

/**
 * Every activation that a probe exposes, at every layer, against TransformerLens. Each probe is given
 * TransformerLens's own input, so that nothing adds up.
 */
describe.each(inspectorGoldens())('the activations of $name', ({ folder, tensors, about }) => {
  const { ids, pattern: patterns } = tensors;
  const n = ids.data.length;
  const [nLayer, nHead] = patterns.shape as [number, number];
  const layers = Array.from({ length: nLayer }, (_, layer) => layer);
  const last = n - 1;

  /** What a tensor [layer, …] holds of one layer, from a row on where it has rows for positions. */
  const of = (tensor: Float32Tensor, layer: number, fromRow = 0) => {
    const size = tensor.data.length / tensor.shape[0]!;
    const row = fromRow === 0 ? 0 : (size / tensor.shape[1]!) * fromRow;
    return tensor.data.subarray(layer * size + row, (layer + 1) * size);
  };
  const close = (actual: Float32Array, expected: Float32Array, within = tolerance) => {
    expect(actual.length).toBe(expected.length);
    let most = 0;
    actual.forEach((value, i) => (most = Math.max(most, Math.abs(value - expected[i]!))));
    expect(most).toBeLessThan(within); // NaN is not
  };
  const withModel = async (check: (model: Model) => Promise<void>) => {
    const model = await Model.load(folder, 1);
    try {
      await check(model);
    } finally {
      await model.release();
    }
  };

  it('are those of TransformerLens, layer by layer', () =>
    withModel(async (model) => {
      const residual = await forwardPass(model, [...ids.data]);
      const allHeads = Array.from({ length: nHead }, (_, head) => head);
      for (const layer of layers) {
        const residPre = of(tensors.residPre, layer);
        close(residual[layer]!, residPre);
        close(residual[layer + 1]!, of(tensors.residPost, layer));
        close(await pattern(model, layer, residPre, allHeads), of(patterns, layer), 1e-5);
        const { z, attnOut } = await attentionOut(model, layer, residPre);
        close(z, of(tensors.z, layer));
        close(attnOut, of(tensors.attnOut, layer));
        close(await attnOutOf(model, layer, of(tensors.z, layer), n), of(tensors.attnOut, layer));
        const { mlpPost, mlpOut } = await mlp(model, layer, of(tensors.residMid, layer));
        close(mlpPost, of(tensors.mlpPost, layer));
        close(mlpOut, of(tensors.mlpOut, layer));
      }
    }));

  it('are the same at one position alone', () =>
    withModel(async (model) => {
      for (const layer of layers) {
        for (const position of [last, about.positions[0], 0]) {
          const at = await attentionAt(model, layer, of(tensors.residPre, layer), position);
          const seen = position + 1;
          for (let head = 0; head < nHead; head++) {
            const row = of(patterns, layer).subarray((head * n + position) * n);
            const own = at.pattern.subarray(head * seen, (head + 1) * seen);
            close(own, row.subarray(0, seen), 1e-5);
          }
          const attnOut = of(tensors.attnOut, layer, position);
          close(at.attnOut, attnOut.subarray(0, at.attnOut.length));
          if (position === last) close(at.headOut, of(tensors.headOut, layer));
        }
      }
    }));

  it('are the same with keys and values that were kept', () =>
    withModel(async (model) => {
      /** [n, head, dHead] → [head, dHead, n], or [head, n, dHead]. */
      const byHead = (all: Float32Array, places: 'last' | 'middle') => {
        const dHead = all.length / n / nHead;
        return Float32Array.from(all, (_, i) => {
          const inner = i % (n * dHead);
          const head = (i - inner) / (n * dHead);
          const [d, at] =
            places === 'last'
              ? [Math.floor(inner / n), inner % n]
              : [inner % dHead, Math.floor(inner / dHead)];
          return all[(at * nHead + head) * dHead + d]!;
        });
      };
      for (const layer of layers) {
        const { k, v } = await keysValues(model, layer, of(tensors.residPre, layer));
        close(k, byHead(of(tensors.k, layer), 'last'));
        close(v, byHead(of(tensors.v, layer), 'middle'));
        // All but the last position are the text's; there is room for one more of its own.
        const row = of(tensors.residPre, layer, last);
        const own = { k: new Float32Array(row.length), v: new Float32Array(row.length), filled: 0 };
        const next = await cachedBlock(model, layer, row, { k, v, filled: last }, own);
        close(next.residPost, of(tensors.residPost, layer, last));
        close(next.k, of(tensors.k, layer, last));
        close(next.v, of(tensors.v, layer, last));
      }
    }));

  it('are the same in a block that could be changed but is not, and in one of several at once', () =>
    withModel(async (model) => {
      for (const layer of layers) {
        const residPre = of(tensors.residPre, layer);
        const residPost = of(tensors.residPost, layer);
        close(await changedBlock(model, layer, residPre, noEdits(nHead)), residPost);
        const twice = new Float32Array(2 * residPre.length);
        twice.set(residPre);
        twice.set(residPre, residPre.length);
        const both = await model.block(layer, twice, 2);
        close(both.subarray(0, residPost.length), residPost);
        close(both.subarray(residPost.length), residPost);
      }
    }));

  it('lead to the logits by a frozen final norm', () =>
    withModel(async (model) => {
      const resid = of(tensors.residPost, nLayer - 1, last);
      const chosen = tensors['attribution.ids'].data;
      const { direction, constant } = await logitDirections(model, resid, [...chosen]);
      const vocab = tensors.logits.shape[1]!;
      for (const [i, id] of chosen.entries()) {
        const own = direction.subarray(i * resid.length, (i + 1) * resid.length);
        const logit = own.reduce((sum, value, j) => sum + value * resid[j]!, constant[i]!);
        expect(logit).toBeCloseTo(tensors.logits.data[vocab + id]!, 3);
      }
    }));

  it('say what a neuron speaks for and against', () =>
    withModel(async (model) => {
      const { layer, neurons } = about.neurons;
      const rows = await neuronOutputs(model, layer, neurons);
      const ends = await rankTokens(model, rows, { by: 'logit' }, 5);
      expect(ends.topIds.flat()).toEqual([...tensors['neurons.topIds'].data]);
      expect(ends.bottomIds.flat()).toEqual([...tensors['neurons.bottomIds'].data]);
      close(Float32Array.from(ends.topScores.flat()), tensors['neurons.topLogits'].data);
      close(Float32Array.from(ends.bottomScores.flat()), tensors['neurons.bottomLogits'].data);
    }));
});
