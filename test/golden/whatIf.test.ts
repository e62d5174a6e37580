import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { checkEdits } from '../../src/inspection/checkEdits';
import { editedPass } from '../../src/inspection/editedPass';
import { endsOfScale, patchHeads, patchPositions } from '../../src/inspection/patching';
import { logitsAt } from '../../src/inspection/predictions';
import type { Edit } from '../../src/protocol/interventions';
import type { PatchPlace } from '../../src/protocol/patching';
import { inspectorGoldens, type Change } from './inspector/inspectorGoldens';

/** On logits and their differences, float32 beside float64. */
const tolerance = 1e-3;

/** Interventions and activation patching against TransformerLens. */
describe.each(inspectorGoldens())('of $name', ({ folder, tensors, interventions, about }) => {
  const ids = [...tensors.ids.data];
  const n = ids.length;
  const [nLayer, nHead] = tensors.pattern.shape as [number, number];
  let model: Model;
  let residual: ResidualStream;
  beforeAll(async () => {
    model = await Model.load(folder, 1);
    residual = await forwardPass(model, ids);
  });
  afterAll(() => model.release());

  const distance = (actual: Float32Array, expected: Float32Array) => {
    expect(actual.length).toBe(expected.length);
    return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  };

  // Ours is the mean of the changed run itself: the same as the clean run's where only one layer
  // is changed.
  const ours = interventions.filter(({ name }) => name !== 'meanHeads');
  it.each(ours)('the intervention $name', async ({ changes, logits }) => {
    const edits = changes.map(asEdit);
    checkEdits(edits, model.config, n);
    const direction = tensors.steeringDirection.data;
    const directions = new Map(edits.map((edit) => [edit, direction]));
    const { residual: after } = await editedPass(model, residual, edits, directions);
    for (const [row, position] of about.positions.entries()) {
      const { vocabSize } = model.config;
      const expected = logits.data.subarray(row * vocabSize, (row + 1) * vocabSize);
      expect(distance(await logitsAt(model, after, position), expected)).toBeLessThan(tolerance);
    }
  });

  function asEdit(change: Change): Edit {
    const { layer } = change;
    switch (change.at) {
      case 'z':
        return change.do === 'scale'
          ? { kind: 'scaleHead', layer, head: change.head, factor: change.factor }
          : { kind: 'ablateHead', layer, head: change.head, by: change.do };
      case 'mlpOut':
        return { kind: 'ablateMlp', layer, by: change.do };
      case 'attnOut':
        return { kind: 'scaleAttention', layer, factor: change.factor };
      case 'pattern': {
        const { head, query } = change;
        const weights = [...tensors.patternRow.data.subarray(0, query + 1)];
        return { kind: 'setPatternRow', layer, head, query, to: { rule: 'weights', weights } };
      }
      case 'residPre':
        return {
          kind: 'steer',
          layer,
          factor: change.factor,
          from: change.from,
          direction: { between: 'tokens', plus: 'given', minus: 'by the golden' },
        };
    }
  }

  describe('patching', () => {
    const corruptIds = [...tensors.corruptIds.data];
    const [target, versus] = tensors['patching.ids'].data as unknown as [number, number];
    const runs = async () => ({
      model,
      clean: { ids, residual },
      corrupt: { ids: corruptIds, residual: await forwardPass(model, corruptIds) },
      target,
      versus,
    });

    it('measures both runs', async () => {
      const ends = await endsOfScale(await runs());
      expect(Math.abs(ends.clean - tensors['patching.clean'].data[0]!)).toBeLessThan(tolerance);
      expect(Math.abs(ends.corrupt - tensors['patching.corrupt'].data[0]!)).toBeLessThan(tolerance);
    });

    it.each<PatchPlace>(['residPre', 'attnOut', 'mlpOut'])('the map of %s', async (at) => {
      const expected = tensors[`patching.${at}`];
      expect(expected.shape).toEqual([nLayer, n]);
      const patching = await runs();
      for (let layer = 0; layer < nLayer; layer++) {
        const { difference } = await patchPositions(patching, at, layer, 0, n);
        const row = expected.data.subarray(layer * n, (layer + 1) * n);
        expect(distance(difference, row)).toBeLessThan(tolerance);
      }
    });

    it('the map of heads', async () => {
      const expected = tensors['patching.heads'];
      expect(expected.shape).toEqual([nLayer, nHead]);
      const patching = await runs();
      for (let layer = 0; layer < nLayer; layer++) {
        const { difference } = await patchHeads(patching, layer);
        const row = expected.data.subarray(layer * nHead, (layer + 1) * nHead);
        expect(distance(difference, row)).toBeLessThan(tolerance);
      }
    });
  });
});
