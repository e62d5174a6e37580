/** Eigenvalues of a symmetric matrix, largest first, each with its vector of length 1. */
export interface Eigen {
  values: Float64Array; // [n]
  vectors: Float64Array[]; // [n] of [n]
}

/** A sweep more than any matrix of some hundred rows has been seen to need is of no use. */
const maxSweeps = 60;

/**
 * All eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's method with cyclic
 * rotations (Golub & Van Loan, "Matrix Computations", 8.5), in float64. Time grows with n³. A vector's
 * sign is arbitrary, but the same for the same matrix.
 *
 * @param matrix row after row, [n, n].
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix); // [n, n], becomes diagonal
  const v = new Float64Array(n * n); // [n, n], eigenvectors in its rows
  for (let i = 0; i < n; i++) v[i * n + i] = 1;

  for (let sweep = 0; sweep < maxSweeps && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
    }
  }

  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => a[j * n + j]! - a[i * n + i]!,
  );
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: order.map((i) => v.slice(i * n, (i + 1) * n)),
  };
}

/** Makes a[p, q] zero by a rotation in the plane of p and q. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  const app = a[p * n + p]!;
  const aqq = a[q * n + q]!;
  // Too small to change what is on the diagonal: nothing is left to turn.
  if (Math.abs(apq) <= Number.EPSILON * Math.sqrt(Math.abs(app * aqq)) || apq === 0) {
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    return;
  }
  // The smaller of the two angles that do it, for stability: tan θ = t.
  const tau = (aqq - app) / (2 * apq);
  const t = Math.sign(tau || 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p]!;
    const akq = a[k * n + q]!;
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k]!;
    const aqk = a[q * n + k]!;
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
    const vpk = v[p * n + k]!;
    const vqk = v[q * n + k]!;
    v[p * n + k] = c * vpk - s * vqk;
    v[q * n + k] = s * vpk + c * vqk;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

/** Sum of the squares off the diagonal. */
function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) sum += a[i * n + j]! ** 2;
  }
  return sum;
}
