import type { PassOptions } from '../../gpt/betweenStages';
import { readPrompt, type Prompt } from '../../inspection/prompt';
import type { InspectParams } from '../../protocol/engine';
import type { LoadedModel } from '../loadedModel';

/** A text as the loaded model reads it, the tail that there is room for. */
export function read(
  { model, tokenizer }: LoadedModel,
  {
    text,
    bos,
    specialTokens,
    window,
  }: Pick<InspectParams, 'text' | 'bos' | 'specialTokens' | 'window'>,
  room: number,
  options: PassOptions,
): Promise<Prompt> {
  return readPrompt(
    text,
    { tokenizer, config: model.config, bos, specialTokens, room, window },
    options,
  );
}

/** What something gives, and how long it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}
