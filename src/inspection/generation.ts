import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import { forwardPass } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { seededRandom } from '../gpt/random';
import { sample, sampledDistribution } from '../gpt/sampling';
import { logSumExp } from '../gpt/softmax';
import type { Sampling } from '../protocol/inspection';
import { logitsAt } from './predictions';

export interface GenerationOptions {
  maxTokens: number;
  sampling: Sampling;
  seed: number;
  /** Generation stops after this token, which is part of the result. */
  stopId: number | null;
}

export interface ContinuedToken {
  id: number;
  /** Over the full vocabulary at temperature 1, whatever the sampling was. */
  logprob: number;
}

/**
 * Continues `ids` token by token: a pass, a draw from the last position's distribution, and again
 * with what was drawn. When the context is full, its oldest token drops out.
 */
export async function generate(
  model: Model,
  ids: readonly number[],
  { maxTokens, sampling, seed, stopId }: GenerationOptions,
  options: PassOptions = {},
): Promise<ContinuedToken[]> {
  const random = seededRandom(seed);
  const context = [...ids];
  const generated: ContinuedToken[] = [];
  while (generated.length < maxTokens) {
    const message = `Token ${generated.length + 1} of ${maxTokens}`;
    await betweenStages(options, 'generating', message, generated.length / maxTokens);
    const window = context.slice(-model.config.nCtx);
    const residual = await forwardPass(model, window, { signal: options.signal });
    const logits = await logitsAt(model, residual, window.length - 1);
    const id = sample(sampledDistribution(logits, sampling), random());
    generated.push({ id, logprob: logits[id]! - logSumExp(logits) });
    context.push(id);
    if (id === stopId) break;
  }
  return generated;
}
