import { continueText } from '../../inspection/generation';
import { nextTokensAfter } from '../../inspection/nextTokens';
import type { GenerationRequests } from '../../protocol/engine';
import type { EngineContext, Handlers } from '../engineContext';
import { generatedText, generatedTokens } from './generated';
import { growingNode } from './growingNode';
import { read, timed } from './reading';

export function generationHandlers(engine: EngineContext): Handlers<GenerationRequests> {
  return {
    generate: async (params, options) => {
      const { value: loaded, ms: loadMs } = await timed(() => engine.load(params.model, options));
      const { model, description, endIds, textOf } = loaded;
      const start = performance.now();
      const prompt = await read(loaded, params, model.config.nCtx, options);
      const run = { model: params.model, ids: prompt.ids };
      const root = { run, position: prompt.ids.length - 1, path: [] };
      const { text } = await growingNode(engine, root, options, loaded);
      const { maxTokens, sampling, seed, topK = 0 } = params;
      const generation = { maxTokens, sampling, seed, endIds };
      const generated = await continueText(text, generation, options);
      const tokens = generatedTokens(loaded, generated);

      const path = generated.map(({ id }) => id);
      const top = async (place: number) => {
        const here = { ...root, path: path.slice(0, place) };
        const { node } = await engine.node(here, options, loaded);
        const end = await nextTokensAfter(node, topK);
        return end.top.map(({ id, logprob }) => ({ id, text: textOf(id), logprob }));
      };
      const withTop = [];
      for (const [place, token] of tokens.entries()) {
        withTop.push(topK > 0 ? { ...token, top: await top(place) } : token);
      }
      return {
        model: description,
        prompt: { tokens: prompt.ids.length, truncated: prompt.truncated },
        tokens: withTop,
        text: generatedText(tokens),
        stop: endIds.includes(generated.at(-1)?.id ?? -1) ? 'endOfText' : 'maxTokens',
        timing: { loadMs, generateMs: performance.now() - start },
      };
    },
  };
}
