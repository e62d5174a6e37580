import { symmetricEigen } from './symmetricEigen';

/** Vectors seen along the directions in which they vary most. */
export interface PrincipalComponents {
  /** Of each vector, along each component. */
  coordinates: Float64Array[]; // [components] of [n]
  /** Share of the whole variance that lies along each component. */
  explained: number[]; // [components]
}

/**
 * Principal components of n vectors (Pearson 1901), by way of their Gram matrix, which is small where
 * the vectors are few and long. The sign of each component is the one that makes its coordinate of
 * largest size positive. Where nothing varies, all coordinates and shares are 0.
 *
 * @param rows n vectors of the same length, one after the other, [n, size].
 */
export function principalComponents(
  rows: Float32Array,
  n: number,
  components: number,
): PrincipalComponents {
  const centred = centredRows(rows, n);
  const gram = gramMatrix(centred, n);
  const { values, vectors } = symmetricEigen(gram, n);
  let variance = 0;
  for (let i = 0; i < n; i++) variance += gram[i * n + i]!;
  const along = (component: number) => Math.max(0, values[component] ?? 0);
  const all = Array.from({ length: components }, (_, component) => component);
  return {
    coordinates: all.map((component) => {
      const vector = vectors[component] ?? new Float64Array(n);
      const size = Math.sqrt(along(component)) * signOf(vector);
      return vector.map((value) => value * size || 0); // no −0
    }),
    explained: all.map((component) => (variance > 0 ? along(component) / variance : 0)),
  };
}

function centredRows(rows: Float32Array, n: number): Float64Array {
  const size = rows.length / n;
  const result = Float64Array.from(rows);
  for (let column = 0; column < size; column++) {
    let sum = 0;
    for (let row = 0; row < n; row++) sum += result[row * size + column]!;
    for (let row = 0; row < n; row++) result[row * size + column]! -= sum / n;
  }
  return result;
}

function gramMatrix(rows: Float64Array, n: number): Float64Array {
  const size = rows.length / n;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += rows[i * size + k]! * rows[j * size + k]!;
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
  }
  return gram;
}

/** 1 where the value of largest size is positive, else −1; among equal sizes the first decides. */
function signOf(vector: Float64Array): number {
  let most = 0;
  for (let i = 1; i < vector.length; i++) {
    // Sizes that differ by rounding alone count as equal.
    if (Math.abs(vector[i]!) > Math.abs(vector[most]!) * (1 + 1e-9)) most = i;
  }
  return (vector[most] ?? 0) < 0 ? -1 : 1;
}
