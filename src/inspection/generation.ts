import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { Model } from '../gpt/model';
import { seededRandom } from '../gpt/random';
import { sample, sampledDistribution } from '../gpt/sampling';
import { logSumExp } from '../gpt/softmax';
import type { Sampling } from '../protocol/inspection';
import { Branch, type Growing } from './branch';

export interface GenerationOptions {
  maxTokens: number;
  sampling: Sampling;
  seed: number;
  /** Random numbers of this seed that were used before: a continuation in parts stays the same. */
  drawn?: number;
  /** Generation stops after any of these, which is part of the result. */
  endIds: readonly number[];
}

export interface ContinuedToken {
  id: number;
  /** Over the full vocabulary at temperature 1, whatever the sampling was. */
  logprob: number;
}

/** Continues a text, given by its tokens. */
export async function generate(
  model: Model,
  ids: readonly number[],
  generation: GenerationOptions,
  options: PassOptions = {},
): Promise<ContinuedToken[]> {
  return continueText(await Branch.of(model, ids, options), generation, options);
}

/**
 * Continues a text token by token: a draw from the distribution at its end, a row of the model for
 * what was drawn, and again. When the context is full, its oldest token drops out. The text grows by
 * all tokens but the last, which nothing follows yet.
 *
 * @throws the signal's reason when it aborts between two tokens.
 */
export async function continueText(
  text: Growing,
  { maxTokens, sampling, seed, drawn = 0, endIds }: GenerationOptions,
  options: PassOptions = {},
): Promise<ContinuedToken[]> {
  const random = seededRandom(seed);
  for (let i = 0; i < drawn; i++) random();
  const generated: ContinuedToken[] = [];
  while (generated.length < maxTokens) {
    const message = `Token ${generated.length + 1} of ${maxTokens}`;
    await betweenStages(options, 'generating', message, generated.length / maxTokens);
    const before = generated.at(-1);
    if (before) await text.append(before.id, { signal: options.signal });
    const logits = await text.model.logits(text.end);
    const id = sample(sampledDistribution(logits, sampling), random());
    generated.push({ id, logprob: logits[id]! - logSumExp(logits) });
    if (endIds.includes(id)) break;
  }
  return generated;
}
