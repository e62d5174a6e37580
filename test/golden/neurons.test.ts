import { describe, expect, it } from 'vitest';
import type { ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { activeNeurons, neuronAlongText } from '../../src/inspection/neurons';
import { inspectorGoldens } from './inspector/inspectorGoldens';

/** TransformerLens keeps mlpPost; the tokens of a neuron it computes from its output row. */
describe.each(inspectorGoldens())('neurons of $name', async ({ folder, tensors, about }) => {
  const model = await Model.load(folder, 1);
  const { nLayer, nEmbd } = model.config;
  const { shape, data } = tensors.mlpPost;
  const [, n, nInner] = shape as [number, number, number];
  const activation = (layer: number, position: number, neuron: number) =>
    data[(layer * n + position) * nInner + neuron]!;
  // The golden residual stream, so that nothing but the neurons is compared.
  const residual: ResidualStream = Array.from({ length: nLayer + 1 }, (_, layer) =>
    layer < nLayer
      ? tensors.residPre.data.subarray(layer * n * nEmbd, (layer + 1) * n * nEmbd)
      : tensors.residPost.data.subarray((layer - 1) * n * nEmbd, layer * n * nEmbd),
  );

  it('are as active at each position', async () => {
    for (const position of [0, 1, ...about.positions]) {
      for (let layer = 0; layer < nLayer; layer++) {
        const wanted = { layers: [layer], position, by: 'activation' as const, tokens: 1 };
        const found = await activeNeurons(model, residual, { ...wanted, topK: nInner }, String);
        expect(found.neurons).toHaveLength(nInner);
        for (const { neuron, activation: value } of found.neurons) {
          expect(Math.abs(value - activation(layer, position, neuron))).toBeLessThan(1e-5);
        }
        const sizes = found.neurons.map((neuron) => Math.abs(neuron.activation));
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }
    }
  });

  it('promote and suppress the same tokens', async () => {
    const { layer, neurons } = about.neurons;
    for (const [row, neuron] of neurons.entries()) {
      const found = await neuronAlongText(model, residual, layer, neuron, 5, String);
      for (const [i, value] of found.activations.entries()) {
        expect(Math.abs(value - activation(layer, i, neuron))).toBeLessThan(1e-5);
      }
      const expected = (ids: Int32Array, logits: Float32Array) =>
        Array.from({ length: 5 }, (_, i) => ({
          id: ids[5 * row + i],
          logit: logits[5 * row + i]!,
        }));
      const ends = [
        [
          found.promotes,
          expected(tensors['neurons.topIds'].data, tensors['neurons.topLogits'].data),
        ],
        [
          found.suppresses,
          expected(tensors['neurons.bottomIds'].data, tensors['neurons.bottomLogits'].data),
        ],
      ] as const;
      for (const [own, golden] of ends) {
        expect(own.map(({ id }) => id)).toEqual(golden.map(({ id }) => id));
        for (const [i, { logit }] of own.entries()) {
          expect(Math.abs(logit - golden[i]!.logit)).toBeLessThan(1e-5);
        }
      }
    }
  });
});
