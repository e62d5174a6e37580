import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampledDistribution } from '../../src/gpt/sampling';
import type { Sampling } from '../../src/protocol/inspection';

interface SamplingGolden {
  name: string;
  logits: number[]; // [vocab]
  /** For each setting the tokens that `transformers` keeps, by id, with their probabilities. */
  settings: (Sampling & { ids: number[]; probabilities: number[] })[];
}

const file = join(import.meta.dirname, 'data', 'sampling.json');
const goldens = JSON.parse(readFileSync(file, 'utf8')) as SamplingGolden[];

/**
 * The ids must be the same, except among equal logits: where top-p cuts between these,
 * `transformers` keeps the higher ids and we the lower, so kept tokens are compared by their logits.
 */
describe.each(goldens)('sampling from the $name distribution', ({ logits, settings }) => {
  it.each(settings)(
    'at temperature $temperature, top-k $topK and top-p $topP agrees with transformers',
    ({ ids, probabilities, ...sampling }) => {
      const kept = sampledDistribution(Float32Array.from(logits), sampling);
      const expectedOrder = Array.from(ids.keys()).sort(
        (a, b) => logits[ids[b]!]! - logits[ids[a]!]!,
      );
      expect(new Set(kept.ids).size).toBe(ids.length);
      expect(Array.from(kept.ids, (id) => logits[id])).toEqual(
        expectedOrder.map((i) => logits[ids[i]!]),
      );
      for (const [rank, i] of expectedOrder.entries()) {
        expect(kept.probabilities[rank]).toBeCloseTo(probabilities[i]!, 12);
      }
    },
  );
});
