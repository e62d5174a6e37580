import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import { forwardPass } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import type { TextWindow } from '../protocol/reading';
import { UserError } from '../protocol/userError';
import { predictions, type Prediction } from './predictions';

/**
 * How a text that may be longer than the context is read. Windows as long as the context follow one
 * another by `stride` tokens, and each says only what the one before it could not: so every token but
 * the first ones is expected from at least `nCtx − stride` others (the sliding window of Hugging
 * Face's guide to perplexity). A text that fits is one window. Where a window begins depends on its
 * place alone, not on what comes after it.
 *
 * @param length tokens of the text.
 * @param stride from 1, exact and slow, to `nCtx`, fastest and with the least context.
 * @throws {UserError} where the stride is outside of that.
 */
export function textWindows(length: number, nCtx: number, stride: number): TextWindow[] {
  if (!Number.isInteger(stride) || stride < 1 || stride > nCtx) {
    throw new UserError(`The stride must be from 1 to the model's context, ${nCtx} tokens.`);
  }
  const windows: TextWindow[] = [];
  for (let first = 0, end = nCtx; first < length; first = end, end += stride) {
    windows.push({ start: Math.max(0, end - nCtx), end: Math.min(end, length), first });
  }
  return windows;
}

/** The predictions after every token of a text, window by window: see `textWindows`. */
export async function windowedPredictions(
  model: Model,
  ids: readonly number[],
  topK: number,
  stride: number,
  options: PassOptions = {},
): Promise<Prediction[]> {
  const { signal } = options;
  const result: Prediction[] = [];
  for (const { start, end, first } of textWindows(ids.length, model.config.nCtx, stride)) {
    await betweenStages(options, 'forward', `Token ${first} of ${ids.length}`, first / ids.length);
    const residual = await forwardPass(model, ids.slice(start, end), { signal });
    const andNext = ids.slice(start, end + 1);
    result.push(...(await predictions(model, residual, andNext, topK, { signal }, first - start)));
  }
  return result;
}
