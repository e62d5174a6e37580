import { generate } from '../../inspection/generation';
import type { GenerationRequests } from '../../protocol/engine';
import { tokenText } from '../../tokenizer/tokenText';
import type { EngineContext, Handlers } from '../engineContext';
import { read, timed } from './reading';

export function generationHandlers(engine: EngineContext): Handlers<GenerationRequests> {
  return {
    generate: async (params, options) => {
      const { value: loaded, ms: loadMs } = await timed(() => engine.load(params.model, options));
      const { model, tokenizer, description, textOf } = loaded;
      const start = performance.now();
      const prompt = await read(loaded, params, model.config.nCtx, options);
      const { maxTokens, sampling, seed } = params;
      const stopId = tokenizer.endOfTextId;
      const generation = { maxTokens, sampling, seed, stopId };
      const generated = await generate(model, prompt.ids, generation, options);
      const bytesOf = (id: number) => (id < tokenizer.vocabSize ? [...tokenizer.bytesOf(id)] : []);
      const tokens = generated.map(({ id, logprob }) => ({
        id,
        text: textOf(id),
        bytes: bytesOf(id),
        logprob,
      }));
      return {
        model: description,
        prompt: { tokens: prompt.ids.length, truncated: prompt.truncated },
        tokens,
        text: tokenText(Uint8Array.from(tokens.flatMap(({ bytes }) => bytes))),
        stop: generated.at(-1)?.id === stopId ? 'endOfText' : 'maxTokens',
        timing: { loadMs, generateMs: performance.now() - start },
      };
    },
  };
}
