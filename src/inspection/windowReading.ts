import type { PassOptions } from '../gpt/betweenStages';
import { forwardPass } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import type { WindowReading } from '../protocol/reading';
import { predictions } from './predictions';

/**
 * What a window's tokens were expected to be: of each token from `first + 1` on, from those before
 * it in the window.
 *
 * @param ids the tokens of the pass and the one after them, [n + 1] with n up to `nCtx`.
 */
export async function windowReading(
  model: Model,
  ids: readonly number[],
  first: number,
  topK: number,
  options: PassOptions = {},
): Promise<WindowReading> {
  const residual = await forwardPass(model, ids.slice(0, -1), options);
  const rows = await predictions(model, residual, ids, topK, options, first);
  const k = Math.min(topK, model.config.vocabSize);
  return {
    logprobs: Float32Array.from(rows, ({ actual }) => actual!.logprob),
    ranks: Uint32Array.from(rows, ({ actual }) => actual!.rank),
    entropies: Float32Array.from(rows, ({ entropy }) => entropy),
    k,
    topIds: Uint32Array.from(rows.flatMap(({ top }) => top.map(({ id }) => id))),
    topLogprobs: Float32Array.from(rows.flatMap(({ top }) => top.map(({ logprob }) => logprob))),
  };
}
