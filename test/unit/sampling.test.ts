import { expect, it } from 'vitest';
import { seededRandom } from '../../src/gpt/random';
import { sampledDistribution } from '../../src/gpt/sampling';

const plain = { temperature: 1, topK: null, topP: 1 };

it('orders tokens by their logits, and equal ones by their ids', () => {
  const random = seededRandom(5);
  // Rounded, so that many are equal; of all sizes and signs, zeros and minus infinity too.
  const sizes = [1, 1e-30, 1e30];
  const logits = Float32Array.from({ length: 50257 }, (_, i) => {
    return Math.fround(Math.round(random() * 200 - 100) * sizes[i % 3]!);
  });
  logits.set([0, -0, 0, -Infinity], 11);
  const byComparison = Array.from(logits.keys()).sort((a, b) => {
    const [x, y] = [logits[a]!, logits[b]!];
    return x === y ? a - b : y > x ? 1 : -1;
  });
  expect(Array.from(sampledDistribution(logits, plain).ids)).toEqual(byComparison);
});

it('takes the most likely token alone at a temperature as low as there is', () => {
  const logits = Float32Array.of(-40, 3, 2.5, -1);
  const { ids, probabilities } = sampledDistribution(logits, { ...plain, temperature: 5e-324 });
  expect([...ids]).toEqual([1, 2, 3, 0]);
  expect([...probabilities]).toEqual([1, 0, 0, 0]);
});
