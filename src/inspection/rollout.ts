import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { rolloutStep } from '../gpt/probes/rolloutStep';
import { meanPattern } from './combinedHeads';

/** The last rollout of each pass that is remembered: the next layer's is one step from it. */
const latest = new WeakMap<ResidualStream, { layer: number; rollout: Float32Array }>();

/**
 * Attention rollout (Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers"): how much
 * of each token's beginning reaches a position after `layer`, when every layer keeps half of what it
 * reads and mixes half of it by the mean of its heads. [n, n]; rows sum to 1.
 */
export async function attentionRollout(
  model: Model,
  residual: ResidualStream,
  layer: number,
  options: PassOptions,
): Promise<Float32Array> {
  const n = residual[0]!.length / model.config.nEmbd;
  const known = latest.get(residual);
  let { layer: done, rollout } =
    known && known.layer <= layer ? known : { layer: -1, rollout: identity(n) };
  while (done < layer) {
    done++;
    rollout = await rolloutStep(
      model,
      await meanPattern(model, done, residual[done]!, false, options),
      rollout,
    );
    latest.set(residual, { layer: done, rollout });
  }
  return rollout;
}

function identity(n: number): Float32Array {
  const square = new Float32Array(n * n);
  for (let i = 0; i < n; i++) square[i * n + i] = 1;
  return square;
}
