/**
 * A pattern made small, as `HeadSummary.thumbnails` says: a cell is the largest weight that it
 * covers. The mean would let the stripes by which heads are known, one token wide, fade away.
 *
 * @param size side of the thumbnail, at most n.
 * @param firstKey keys before it are left out.
 * @returns the largest weight that is shown.
 */
export function writeThumbnail(
  target: Uint8Array, // [size, size]
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  size: number,
  firstKey: number,
): number {
  const starts = Int32Array.from({ length: size + 1 }, (_, cell) => Math.floor((cell * n) / size));
  const largest = new Float32Array(size * size);
  let peak = 0;
  for (let row = 0; row < size; row++) {
    for (let query = starts[row]!; query < starts[row + 1]!; query++) {
      for (let column = 0; column <= row; column++) {
        const end = Math.min(starts[column + 1]!, query + 1);
        let most = largest[row * size + column]!;
        for (let key = Math.max(firstKey, starts[column]!); key < end; key++) {
          const weight = pattern[query * n + key]!;
          if (weight > most) most = weight;
        }
        largest[row * size + column] = most;
        if (most > peak) peak = most;
      }
    }
  }
  if (peak > 0) {
    for (let i = 0; i < largest.length; i++)
      target[i] = Math.round(255 * Math.sqrt(largest[i]! / peak));
  }
  return peak;
}
