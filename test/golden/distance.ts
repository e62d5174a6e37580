/** The largest distance of two values; infinite where the lengths differ or a value is no number. */
export function maxDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let max = 0;
  for (let i = 0; i < actual.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    if (!(distance <= max)) max = Number.isNaN(distance) ? Infinity : distance;
  }
  return max;
}
