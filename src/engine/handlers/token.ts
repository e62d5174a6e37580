import { namedToken } from '../../inspection/namedToken';
import type { TokenRequests } from '../../protocol/token';
import type { EngineContext, Handlers } from '../engineContext';

export function tokenHandlers(engine: EngineContext): Handlers<TokenRequests> {
  return {
    namedToken: async ({ model, name }, options) => {
      const { tokenizer, description, textOf } = await engine.load(model, options);
      const id = await namedToken(name, tokenizer, description.vocabSize);
      return { id, text: textOf(id) };
    },
  };
}
