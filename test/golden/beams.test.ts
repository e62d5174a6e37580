import { describe, expect, it } from 'vitest';
import { Model } from '../../src/gpt/model';
import { beamSearch } from '../../src/inspection/beamSearch';
import { Branch } from '../../src/inspection/branch';
import { inspectorGoldens } from './inspector/inspectorGoldens';

describe.each(inspectorGoldens())('beam search in golden $name', ({ folder, tensors, about }) => {
  it('finds the sequences that transformers finds', async () => {
    const { width, tokens: length } = about.beams;
    const model = await Model.load(folder, 1);
    try {
      const branch = await Branch.of(model, [...tensors.ids.data]);
      const beams = await beamSearch({ branch, length: 0 }, { width, length, endIds: [] });
      const found = beams.flatMap(({ tokens }) => tokens.map(({ id }) => id));
      expect(found).toEqual([...tensors['beams.ids'].data]);
      for (const [i, { logprob }] of beams.entries()) {
        expect(Math.abs(logprob - tensors['beams.logprobs'].data[i]!)).toBeLessThan(1e-4);
      }
    } finally {
      await model.release();
    }
  });
});
