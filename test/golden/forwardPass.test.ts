import { afterAll, describe, expect, it } from 'vitest';
import { Model } from '../../src/gpt/model';
import { generate } from '../../src/inspection/generation';
import { compare, inShort, limits, noDistances } from './comparePass';
import { goldenNames, loadGolden, noiseFloor, type Golden } from './goldens';

const table: Record<string, Record<string, string>> = {};
afterAll(() => console.table(table));

describe.each(goldenNames())('golden %s', (name) => {
  const golden = loadGolden(name);

  it(`agrees with transformers: ${noiseFloor(name).about}`, async () => {
    const model = await Model.load(golden.folder, 1);
    const worst = noDistances();
    try {
      for (const input of golden.inputs) await compare(model, input, worst);
    } finally {
      await model.release();
    }
    const { logits, pattern } = noiseFloor(name);
    table[name] = { ...inShort(worst), ...inShort({ logitNoise: logits, patternNoise: pattern }) };
    for (const quantity of Object.keys(limits) as (keyof typeof limits)[]) {
      expect(worst[quantity], quantity).toBeLessThanOrEqual(limits[quantity]);
    }
  });

  if (golden.greedy) it('continues greedily as transformers does', () => greedily(golden));
});

async function greedily({ folder, greedy }: Golden): Promise<void> {
  const { prompt, ids } = greedy!;
  const model = await Model.load(folder, 1);
  try {
    const sampling = { temperature: 0, topK: null, topP: 1 };
    const options = { maxTokens: ids.length, sampling, seed: 0, endIds: [] };
    const generated = await generate(model, prompt, options);
    expect(generated.map(({ id }) => id)).toEqual(ids);
  } finally {
    await model.release();
  }
}
