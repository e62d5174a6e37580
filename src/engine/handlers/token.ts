import { namedToken } from '../../inspection/namedToken';
import { checkTokenId } from '../../inspection/places';
import type { TokenRequests } from '../../protocol/token';
import type { EngineContext, Handlers } from '../engineContext';
import { tokenOfId } from './tokenOfId';

export function tokenHandlers(engine: EngineContext): Handlers<TokenRequests> {
  return {
    namedToken: async ({ model, name }, options) => {
      const { tokenizer, description, textOf } = await engine.load(model, options);
      const id = await namedToken(name, tokenizer, description.vocabSize);
      return { id, text: textOf(id) };
    },

    tokensOfIds: async ({ model, ids }, options) => {
      const loaded = await engine.load(model, options);
      for (const id of ids) checkTokenId(loaded.model.config, id);
      return ids.map((id) => tokenOfId(loaded, id));
    },
  };
}
