/** How most of the numbers of some tensors are stored; null where there are none. */
export function storedDtype(
  tensors: Iterable<{ dtype: string; shape: readonly number[] }>,
): string | null {
  const sizes = new Map<string, number>();
  for (const { dtype, shape } of tensors) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    sizes.set(dtype, (sizes.get(dtype) ?? 0) + size);
  }
  return [...sizes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
