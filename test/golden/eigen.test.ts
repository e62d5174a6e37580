import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { principalComponents } from '../../src/inspection/principalComponents';
import { symmetricEigen } from '../../src/inspection/symmetricEigen';

/** What numpy computes in float64; `eigen.py` makes them. */
interface Goldens {
  eigen: { name: string; n: number; matrix: number[]; values: number[]; vectors: number[] }[];
  pca: {
    name: string;
    n: number;
    rows: number[];
    coordinates: number[][];
    explained: number[];
  }[];
}

const file = join(import.meta.dirname, 'data', 'eigen.json');
const goldens = JSON.parse(readFileSync(file, 'utf8')) as Goldens;

describe.each(goldens.eigen)('eigenvalues: $name', ({ n, matrix, values, vectors }) => {
  const found = symmetricEigen(matrix, n);
  const largest = Math.max(...values.map(Math.abs), 1e-300);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

  it('are those of numpy', () => {
    for (const [i, value] of values.entries()) {
      expect(Math.abs(found.values[i]! - value) / largest).toBeLessThan(1e-13);
    }
  });

  it('have vectors of length 1, at right angles', () => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const product = dot(found.vectors[i]!, found.vectors[j]!);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });

  it('have the vectors of numpy, but for the sign, where an eigenvalue stands alone', () => {
    for (const [i, value] of values.entries()) {
      const gap = Math.min(
        ...values.filter((_, j) => j !== i).map((other) => Math.abs(other - value)),
      );
      if (gap < 1e-9 * largest) continue;
      const product = dot(found.vectors[i]!, vectors.slice(i * n, (i + 1) * n));
      expect(Math.abs(product)).toBeCloseTo(1, 9);
    }
  });
});

describe('principal components', () => {
  it.each(goldens.pca)('of $name are those of numpy', ({ n, rows, coordinates, explained }) => {
    const found = principalComponents(Float32Array.from(rows), n, 2);
    for (const axis of [0, 1]) {
      expect(found.explained[axis]).toBeCloseTo(explained[axis]!, 12);
      for (let i = 0; i < n; i++) {
        expect(found.coordinates[axis]![i]).toBeCloseTo(coordinates[axis]![i]!, 9);
      }
    }
  });

  it('are nothing where nothing varies', () => {
    const same = principalComponents(Float32Array.from([1, 2, 1, 2, 1, 2]), 3, 2);
    expect(same.explained).toEqual([0, 0]);
    for (const axis of same.coordinates) expect([...axis]).toEqual([0, 0, 0]);
  });

  it('of two vectors lie along the first alone', () => {
    const { coordinates, explained } = principalComponents(Float32Array.from([0, 0, 3, 4]), 2, 2);
    expect(coordinates[0]![0]).toBeCloseTo(2.5, 12);
    expect(coordinates[0]![1]).toBeCloseTo(-2.5, 12);
    expect([...coordinates[1]!].map(Math.abs).every((y) => y < 1e-12)).toBe(true);
    expect(explained[0]).toBeCloseTo(1, 12);
  });
});
