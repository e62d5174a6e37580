import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { families } from '../../../src/gpt/families/registry';
import { fidelityOf } from '../../../src/models/fidelity';
import { measureAll, type ModelFidelity } from './measure';
import { page, summarise, tolerance } from './report';

const repository = join(import.meta.dirname, '../../..');
const goldens = join(repository, 'test/golden');
const figure = /\d+\.\d+(?:e[-+]\d+)?|\de[-+]\d+/g;

let all: ModelFidelity[];
beforeAll(async () => {
  all = await measureAll(goldens);
});

describe('what is written about fidelity', () => {
  it.each([
    ['docs/fidelity.md', () => page(all, goldens)],
    ['src/models/fidelity.json', () => `${JSON.stringify(summarise(all, goldens), null, 2)}\n`],
  ])('in %s is what a run says (npm run fidelity)', (path, measured) => {
    const written = readFileSync(join(repository, path), 'utf8');
    // Figures that grow or shrink by a digit change the width of a column.
    const words = (text: string) => text.replace(figure, '#').replace(/-{3,}|(?<= ) +/g, '');
    expect(words(written)).toBe(words(measured()));
    const figures = (text: string) => (text.match(figure) ?? []).map(Number);
    const [committed, found] = [figures(written), figures(measured())];
    expect(committed.length).toBeGreaterThan(families.length);
    for (const [i, value] of found.entries()) {
      expect(committed[i]! / value, `figure ${i}`).toBeGreaterThan(1 / tolerance);
      expect(committed[i]! / value, `figure ${i}`).toBeLessThan(tolerance);
    }
  });

  it('covers every family in every dtype, two configurations or more, and no wrong top token', () => {
    for (const { name } of families) {
      for (const dtype of ['F32', 'F16', 'BF16']) {
        const found = fidelityOf(name, dtype)!;
        expect(found, name).toMatchObject({ dtype, sameTop: found.positions });
        expect(found.logit).toBeLessThan(2e-4);
      }
      const configurations = all.filter((model) => model.family === name && model.dtype === 'F32');
      expect(configurations.length, name).toBeGreaterThanOrEqual(2);
    }
  });

  it('says F32 for a dtype that was not compared, and nothing for an unknown family', () => {
    expect(fidelityOf('llama', 'Q4_1')).toEqual(fidelityOf('llama', 'F32'));
    expect(fidelityOf('mamba', 'F32')).toBeNull();
  });
});
