import { describe, expect, it } from 'vitest';
import { earlierOccurrences, headScores } from '../../src/inspection/headScores';
import { writeThumbnail } from '../../src/inspection/headThumbnail';

const pattern = (...rows: number[][]) => Float32Array.from(rows.flat());

describe('head scores', () => {
  it('find the occurrences before', () => {
    expect([...earlierOccurrences([7, 8, 7, 7, 9, 8])]).toEqual([-1, -1, 0, 2, -1, 1]);
    expect([...earlierOccurrences([])]).toEqual([]);
  });

  it('are the means over the rows that could score', () => {
    // a b a a: the third token has one earlier occurrence, the fourth has two.
    const weights = pattern(
      [1, 0, 0, 0],
      [0.25, 0.75, 0, 0],
      [0.5, 0.25, 0.25, 0],
      [0.125, 0.5, 0.25, 0.125],
    );
    const scores = headScores(weights, earlierOccurrences([1, 2, 1, 1]));
    expect(scores.previousToken).toBeCloseTo((0.25 + 0.25 + 0.25) / 3, 12);
    expect(scores.firstToken).toBeCloseTo((0.25 + 0.5 + 0.125) / 3, 12);
    expect(scores.sameToken).toBeCloseTo((0.5 + (0.125 + 0.25)) / 2, 12);
    // After the a at 0 comes 1; after the a at 2 comes 3, the query itself.
    expect(scores.induction).toBeCloseTo((0.25 + (0.5 + 0.125)) / 2, 12);
    const ln2 = Math.LN2;
    const entropies = [
      0,
      0.25 * 2 * ln2 - 0.75 * Math.log(0.75),
      1.5 * ln2,
      0.125 * 3 * ln2 * 2 + 0.5 * ln2 + 0.25 * 2 * ln2,
    ];
    expect(scores.entropy).toBeCloseTo(entropies.reduce((a, b) => a + b) / 4, 12);
  });

  it('are 1 for a head of the pure kind', () => {
    const ids = [5, 6, 7, 5, 6, 7];
    const looking = (at: (query: number) => number) =>
      headScores(
        Float32Array.from({ length: 36 }, (_, i) => (at(Math.floor(i / 6)) === i % 6 ? 1 : 0)),
        earlierOccurrences(ids),
      );
    expect(looking((query) => Math.max(0, query - 1)).previousToken).toBe(1);
    expect(looking(() => 0).firstToken).toBe(1);
    expect(looking((query) => (query < 3 ? query : query - 3)).sameToken).toBe(1);
    const induction = looking((query) => (query < 3 ? 0 : query - 2));
    expect(induction).toMatchObject({ induction: 1, sameToken: 0, entropy: 0 });
  });

  it('are null where no row could score', () => {
    expect(headScores(pattern([1]), earlierOccurrences([3]))).toEqual({
      entropy: 0,
      previousToken: null,
      firstToken: null,
      sameToken: null,
      induction: null,
    });
    const two = headScores(pattern([1, 0], [0.5, 0.5]), earlierOccurrences([3, 4]));
    expect(two).toMatchObject({ previousToken: 0.5, firstToken: 0.5, sameToken: null });
    expect(two.induction).toBeNull();
  });
});

describe('a thumbnail', () => {
  const cells = (weights: Float32Array, n: number, size: number, firstKey = 0) => {
    const target = new Uint8Array(size * size);
    const peak = writeThumbnail(target, weights, n, size, firstKey);
    return { peak, cells: [...target] };
  };
  const byte = (share: number) => Math.round(255 * Math.sqrt(share));

  it('is the pattern itself where there is room', () => {
    expect(cells(pattern([1, 0], [0.36, 0.64]), 2, 2)).toEqual({
      peak: 1,
      cells: [255, 0, byte(0.36), byte(0.64)],
    });
  });

  it('keeps the largest weight of what a cell covers', () => {
    const weights = pattern(
      [1, 0, 0, 0, 0],
      [0.1, 0.9, 0, 0, 0],
      [0.2, 0.3, 0.5, 0, 0],
      [0.1, 0.1, 0.7, 0.1, 0],
      [0.05, 0.05, 0.2, 0.3, 0.4],
    );
    // Rows and columns 0–1 and 2–4.
    expect(cells(weights, 5, 2).cells).toEqual([255, 0, byte(0.3), byte(0.7)]);
  });

  it('is scaled to what is left without the first token', () => {
    const weights = pattern([1, 0, 0], [0.8, 0.2, 0], [0.9, 0.05, 0.05]);
    const { peak, cells: left } = cells(weights, 3, 3, 1);
    expect(peak).toBeCloseTo(0.2, 6);
    expect(left).toEqual([0, 0, 0, 0, 255, 0, 0, byte(0.25), byte(0.25)]);
  });

  it('is empty where nothing is left', () => {
    expect(cells(pattern([1]), 1, 1, 1)).toEqual({ peak: 0, cells: [0] });
  });
});
