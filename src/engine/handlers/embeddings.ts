import { nearestTokens } from '../../inspection/nearestTokens';
import { tokenDirection } from '../../inspection/tokenDirection';
import { tokenMap } from '../../inspection/tokenMap';
import type { TokenNames } from '../../inspection/tokenVectorSum';
import type { EmbeddingRequests } from '../../protocol/embeddings';
import type { EngineContext, Handlers } from '../engineContext';
import type { LoadedModel } from '../loadedModel';

export function embeddingHandlers(engine: EngineContext): Handlers<EmbeddingRequests> {
  return {
    nearestTokens: async ({ model, ...wanted }, options) => {
      const loaded = await engine.load(model, options);
      return nearestTokens(loaded.model, wanted, namesOf(loaded));
    },

    tokenDirection: async ({ model, ...wanted }, options) => {
      const loaded = await engine.load(model, options);
      return tokenDirection(loaded.model, wanted, namesOf(loaded));
    },

    tokenMap: async ({ model, ...wanted }, options) => {
      const loaded = await engine.load(model, options);
      return tokenMap(loaded.model, wanted, namesOf(loaded));
    },
  };
}

function namesOf({ model, tokenizer, textOf }: LoadedModel): TokenNames {
  return { tokenizer, vocabSize: model.config.vocabSize, textOf };
}
