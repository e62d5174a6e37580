import type { PassOptions } from '../gpt/betweenStages';
import type { Model } from '../gpt/model';
import { headPatterns } from './headPatterns';

/** The mean over a layer's heads of their patterns: [n, n]. */
export async function meanPattern(
  model: Model,
  layer: number,
  residPre: Float32Array,
  weighted: boolean,
  options: PassOptions,
): Promise<Float32Array> {
  const { nHead, nEmbd } = model.config;
  const mean = new Float32Array((residPre.length / nEmbd) ** 2);
  for await (const { pattern } of headPatterns(model, layer, residPre, weighted, options)) {
    for (let i = 0; i < mean.length; i++) mean[i]! += pattern[i]! / nHead;
  }
  return mean;
}

/** The largest weight of a layer's heads, place by place: [n, n]. */
export async function maxPattern(
  model: Model,
  layer: number,
  residPre: Float32Array,
  weighted: boolean,
  options: PassOptions,
): Promise<Float32Array> {
  const most = new Float32Array((residPre.length / model.config.nEmbd) ** 2);
  for await (const { pattern } of headPatterns(model, layer, residPre, weighted, options)) {
    for (let i = 0; i < most.length; i++) if (pattern[i]! > most[i]!) most[i] = pattern[i]!;
  }
  return most;
}
