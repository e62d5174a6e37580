import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { Model } from '../gpt/model';
import { pattern } from '../gpt/probes/pattern';
import { valueNorms, type ValueNorms } from '../gpt/probes/valueNorms';

/**
 * Weights that are computed at once: the patterns of all heads of a long text would take hundreds of
 * megabytes, and a cancellation is listened for in between.
 */
const chunkWeights = 2 ** 23;

/** One head's pattern after the other, in the heads' order; each is [n, n]. */
export async function* headPatterns(
  model: Model,
  layer: number,
  residPre: Float32Array, // [n, nEmbd]
  weighted: boolean,
  options: PassOptions,
): AsyncGenerator<{ head: number; pattern: Float32Array }> {
  const { nHead, nEmbd } = model.config;
  const n = residPre.length / nEmbd;
  const values = weighted ? await valueNorms(model, layer, residPre) : null;
  const atOnce = Math.max(1, Math.min(nHead, Math.floor(chunkWeights / (n * n))));
  for (let first = 0; first < nHead; first += atOnce) {
    await betweenStages(options, 'forward', `Attention of layer ${layer}`, first / nHead);
    const heads = Array.from({ length: Math.min(atOnce, nHead - first) }, (_, i) => first + i);
    const patterns = await pattern(model, layer, residPre, heads);
    if (values) weighByNorms(patterns, values, first, n);
    for (const [i, head] of heads.entries()) {
      yield { head, pattern: patterns.subarray(i * n * n, (i + 1) * n * n) };
    }
  }
}

/** Weights times what they move, ‖α · v W_O‖, in place, for patterns [heads, n, n] from a head on. */
export function weighByNorms(
  patterns: Float32Array,
  { norms, scales }: ValueNorms,
  firstHead: number,
  n: number,
): void {
  for (let row = 0; row < patterns.length / n; row++) {
    const [head, query] = [firstHead + Math.floor(row / n), row % n];
    const scale = scales[query]!;
    for (let key = 0; key <= query; key++) {
      patterns[row * n + key]! *= norms[head * n + key]! / scale;
    }
  }
}
