import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { UserError } from '../../src/protocol/userError';
import { add, dot, Float64Gpt2 } from '../fixtures/float64Gpt2';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-embeddings-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = randomCheckpoint(join(root, 'tiny'), tinyGpt2);
const model = { folder, threads: 1 };
const { handlers } = new Engine();
const reference = new Float64Gpt2(folder);
const vectors = reference.weight('wte.weight');

// By tiktoken's r50k_base.
const [king, man, woman, queen] = [5822, 582, 2415, 16599] as const;
const scaled = (row: number[], by: number) => row.map((x) => by * x);
const cosine = (a: number[], b: number[]) => dot(a, b) / Math.hypot(...a) / Math.hypot(...b);
const order = (scores: number[], without: number[]) =>
  Array.from(scores.keys())
    .filter((id) => !without.includes(id))
    .sort((a, b) => scores[b]! - scores[a]!);

const nearest = {
  model,
  matrix: 'embedding' as const,
  measure: 'cosine' as const,
  finalNorm: false,
  topK: 6,
};

describe('the nearest tokens', () => {
  const sum = add(add(scaled(vectors[king]!, 2), scaled(vectors[man]!, -1)), vectors[woman]!);
  const expression = '2 king - man + woman';

  it('are those of the largest cosine, without the terms', async () => {
    const found = await handlers.nearestTokens({ ...nearest, expression });
    const scores = vectors.map((row) => cosine(row, sum));
    expect(found.terms).toEqual([
      { coefficient: 2, id: king, text: ' king', start: 2, end: 6 },
      { coefficient: -1, id: man, text: ' man', start: 9, end: 12 },
      { coefficient: 1, id: woman, text: ' woman', start: 15, end: 20 },
    ]);
    expect(found.length).toBeCloseTo(Math.hypot(...sum), 6);
    expect(found.tokens.map(({ id }) => id)).toEqual(order(scores, [king, man, woman]).slice(0, 6));
    for (const { id, score } of found.tokens) expect(score).toBeCloseTo(scores[id]!, 5);
  });

  it('of one token are others, though none is nearer than itself', async () => {
    const { tokens } = await handlers.nearestTokens({ ...nearest, expression: 'king' });
    const scores = vectors.map((row) => cosine(row, vectors[king]!));
    expect(tokens.map(({ id }) => id)).toEqual(order(scores, [king]).slice(0, 6));
  });

  it('by dot product are another ranking', async () => {
    const found = await handlers.nearestTokens({ ...nearest, expression, measure: 'dot' });
    const scores = vectors.map((row) => dot(row, sum));
    expect(found.tokens.map(({ id }) => id)).toEqual(order(scores, [king, man, woman]).slice(0, 6));
    for (const { id, score } of found.tokens) expect(score).toBeCloseTo(scores[id]!, 6);
  });

  it('after the final norm are compared with the sum as it is then', async () => {
    const normed = reference.norm([sum], 'ln_f')[0]!;
    const found = await handlers.nearestTokens({
      ...nearest,
      expression,
      matrix: 'unembedding',
      measure: 'dot',
      finalNorm: true,
    });
    const scores = vectors.map((row) => dot(row, normed));
    expect(found).toMatchObject({ tied: true, finalNorm: true, matrix: 'unembedding' });
    expect(found.tokens.map(({ id }) => id)).toEqual(order(scores, [king, man, woman]).slice(0, 6));
    for (const { id, score } of found.tokens) expect(score).toBeCloseTo(scores[id]!, 5);
  });

  it('are the whole vocabulary but the terms where so many are asked for', async () => {
    const found = await handlers.nearestTokens({ ...nearest, expression: '464', topK: 1e6 });
    expect(found.tokens).toHaveLength(50256);
    expect(found.tokens.some(({ id }) => id === 464)).toBe(false);
  });

  it.each([
    ['', /^The expression is empty/],
    ['king - ', /^Character 8: at the end a term is missing/],
    ['king - ""', /^Character 8: An empty text names no token/],
    ['king + antidisestablishmentarianism', /^Character 8: .* is 5 tokens/],
    ['99999', /^Character 1: There is no token 99999/],
    ['king - king', /cancel each other out/],
    ['0*king', /cancel each other out/],
    ['0.1 king + 0.2 king - 0.3 king', /cancel each other out/],
  ])('of %j are refused in a sentence', async (wrong, message) => {
    const failure = handlers.nearestTokens({ ...nearest, expression: wrong });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});

describe('the direction between two tokens', () => {
  const difference = add(vectors[woman]!, scaled(vectors[man]!, -1));
  const unit = scaled(difference, 1 / Math.hypot(...difference));
  const ask = { model, from: 'man', to: 'woman', matrix: 'embedding' as const, topK: 5 };

  it.each(['dot', 'cosine'] as const)('is ranked at both ends by %s', async (measure) => {
    const found = await handlers.tokenDirection({ ...ask, measure });
    const scores = vectors.map((row) => (measure === 'dot' ? dot(row, unit) : cosine(row, unit)));
    const expected = order(scores, [man, woman]);
    expect(found.toward.map(({ id }) => id)).toEqual(expected.slice(0, 5));
    expect(found.away.map(({ id }) => id)).toEqual(expected.reverse().slice(0, 5));
    for (const { id, projection, cosine: angle } of [...found.toward, ...found.away]) {
      expect(projection).toBeCloseTo(dot(vectors[id]!, unit), 7);
      expect(angle).toBeCloseTo(cosine(vectors[id]!, unit), 6);
    }
    expect(found.length).toBeCloseTo(Math.hypot(...difference), 7);
    expect(found.from.projection).toBeCloseTo(dot(vectors[man]!, unit), 7);
    expect(found.from.cosine).toBeCloseTo(cosine(vectors[man]!, unit), 6);
    expect(found.to.projection - found.from.projection).toBeCloseTo(found.length, 7);
  });

  it.each([
    ['man', 'man', /the same vector/],
    ['man', '', /expression is empty/],
    ['man woman', 'king', /Character 5/],
  ])('from %j to %j is refused in a sentence', async (from, to, message) => {
    const failure = handlers.tokenDirection({ ...ask, from, to, measure: 'dot' });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});

describe('the map of some words', () => {
  const words = ['king', 'queen', '582', '" woman"', 'Paris', 'king'];

  it('keeps as much of the distances as two dimensions can', async () => {
    const map = await handlers.tokenMap({ model, words, matrix: 'embedding' });
    expect(map.points.map(({ id }) => id)).toEqual([king, queen, man, woman, 6342]);
    const rows = map.points.map(({ id }) => vectors[id]!);
    const mean = scaled(
      rows.reduce((a, b) => add(a, b)),
      1 / rows.length,
    );
    const variance = rows.reduce(
      (sum, row) => sum + Math.hypot(...add(row, scaled(mean, -1))) ** 2,
      0,
    );
    for (const [axis, key] of (['x', 'y'] as const).entries()) {
      const along = map.points.map((point) => point[key]);
      expect(along.reduce((a, b) => a + b)).toBeCloseTo(0, 9);
      const share = along.reduce((sum, value) => sum + value ** 2, 0) / variance;
      expect(share).toBeCloseTo(map.explained[axis]!, 6);
      expect(Math.max(...along)).toBe(Math.max(...along.map(Math.abs)));
    }
    const product = map.points.reduce((sum, { x, y }) => sum + x * y, 0);
    expect(product / variance).toBeCloseTo(0, 9);
    expect(map.explained[0]).toBeGreaterThan(map.explained[1]);
  });

  it.each([
    [[], /at least two different tokens/],
    [['king', 'king'], /at least two different tokens/],
    [['king', 'antidisestablishmentarianism'], /is 5 tokens/],
    [Array.from({ length: 201 }, (_, id) => String(id)), /up to 200 words, not 201/],
  ])('is refused for %j', async (wrong, message) => {
    const failure = handlers.tokenMap({ model, words: wrong, matrix: 'embedding' });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});
