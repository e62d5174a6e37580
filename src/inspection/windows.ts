import { forwardPass } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import { UserError } from '../protocol/userError';
import { predictions, type Prediction } from './predictions';

/**
 * The predictions after every token of a text that may be longer than the context. Windows as long
 * as the context follow one another by `stride` tokens, and each says only what the one before it
 * could not: so every token but the first ones is expected from at least `nCtx − stride` others
 * (the sliding window of Hugging Face's guide to perplexity). A text that fits is one window, and
 * its predictions are those of a single pass.
 *
 * @param stride from 1, exact and slow, to `nCtx`, fastest and with the least context.
 * @throws {UserError} where the stride is outside of that.
 */
export async function windowedPredictions(
  model: Model,
  ids: readonly number[],
  topK: number,
  stride: number,
  options: PassOptions = {},
): Promise<Prediction[]> {
  const { nCtx } = model.config;
  const { signal } = options;
  if (!Number.isInteger(stride) || stride < 1 || stride > nCtx) {
    throw new UserError(`The stride must be from 1 to the model's context, ${nCtx} tokens.`);
  }
  const result: Prediction[] = [];
  while (result.length < ids.length) {
    const end = result.length === 0 ? nCtx : result.length + stride;
    const start = Math.max(0, end - nCtx);
    const message = `Token ${result.length} of ${ids.length}`;
    await betweenStages(options, 'forward', message, result.length / ids.length);
    const residual = await forwardPass(model, ids.slice(start, end), { signal });
    const andNext = ids.slice(start, end + 1);
    const first = result.length - start;
    const rows = await predictions(model, residual, andNext, topK, { signal }, first);
    result.push(...rows);
  }
  return result;
}
