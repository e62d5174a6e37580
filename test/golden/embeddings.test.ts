import { describe, expect, it } from 'vitest';
import { Model } from '../../src/gpt/model';
import { nearestTokens } from '../../src/inspection/nearestTokens';
import { tokenMap } from '../../src/inspection/tokenMap';
import { tokenizerOf } from '../../src/tokenizer/tokenizerOf';
import { inspectorGoldens } from './inspector/inspectorGoldens';

const matrices = ['embedding', 'unembedding'] as const;
const measures = ['cosine', 'dot'] as const;

describe.each(inspectorGoldens())('embeddings of $name', async ({ folder, tensors, about }) => {
  const model = await Model.load(folder, 1);
  const { vocabSize } = model.config;
  // Tokens are named by their ids here: the small models have no words.
  const names = { tokenizer: await tokenizerOf(''), vocabSize, textOf: String };

  for (const matrix of matrices) {
    it.each(measures)(`have the same neighbours in the ${matrix} by %s`, async (measure) => {
      const ids = tensors[`neighbours.${matrix}.${measure}.ids`].data;
      const scores = tensors[`neighbours.${matrix}.${measure}.scores`].data;
      for (const [row, id] of about.tokens.entries()) {
        const wanted = { matrix, measure, finalNorm: false, topK: 6 };
        const found = await nearestTokens(model, { ...wanted, expression: String(id) }, names);
        const golden = ids.subarray(6 * row, 6 * row + 6);
        expect(found.tokens.map((token) => token.id)).toEqual([...golden]);
        for (const [i, { score }] of found.tokens.entries()) {
          const expected = scores[6 * row + i]!;
          expect(Math.abs(score - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-6);
        }
      }
    });
  }

  it('have the same nearest tokens of a − b + c', async () => {
    const [a, b, c] = about.analogy;
    const wanted = { matrix: 'embedding', measure: 'cosine', finalNorm: false, topK: 6 } as const;
    const found = await nearestTokens(
      model,
      { ...wanted, expression: `${a} - ${b} + ${c}` },
      names,
    );
    expect(found.tokens.map(({ id }) => id)).toEqual([...tensors['analogy.ids'].data]);
    for (const [i, { score }] of found.tokens.entries()) {
      expect(Math.abs(score - tensors['analogy.cosines'].data[i]!)).toBeLessThan(1e-6);
    }
  });

  it('lie in the same places of the map, but for the sign of an axis', async () => {
    const words = about.pcaTokens.map(String);
    const { points, explained } = await tokenMap(model, { words, matrix: 'embedding' }, names);
    const golden = tensors['pca.coordinates'].data; // [8, 2]
    expect(points.map(({ id }) => id)).toEqual(about.pcaTokens);
    for (const [axis, key] of (['x', 'y'] as const).entries()) {
      expect(Math.abs(explained[axis]! - tensors['pca.explained'].data[axis]!)).toBeLessThan(1e-6);
      const expected = points.map((_, i) => golden[2 * i + axis]!);
      // The golden's sign is that of the axis itself, ours that of the coordinates.
      const largest = expected.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      for (const [i, point] of points.entries()) {
        expect(Math.abs(point[key] - Math.sign(largest) * expected[i]!)).toBeLessThan(1e-5);
      }
    }
  });
});
