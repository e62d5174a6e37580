import type { ReadingRequests } from '../../protocol/reading';
import type { EngineContext, Handlers } from '../engineContext';
import { read } from './reading';

export function readingHandlers(engine: EngineContext): Handlers<ReadingRequests> {
  return {
    tokenize: async (params, options) => {
      const loaded = await engine.load(params.model, options);
      const { nCtx } = loaded.model.config;
      const { tokens, ids, truncated } = await read(loaded, params, nCtx, options);
      return { run: { model: params.model, ids }, tokens, truncated };
    },
  };
}
