import { attribution } from '../../inspection/attribution';
import { namedToken } from '../../inspection/namedToken';
import type { AttributionRequests } from '../../protocol/attribution';
import type { TokenName } from '../../protocol/token';
import type { EngineContext, Handlers } from '../engineContext';

export function attributionHandlers(engine: EngineContext): Handlers<AttributionRequests> {
  return {
    attribution: async ({ run, position, target, versus }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      const { model, tokenizer, textOf } = loaded;
      const idOf = async (name: TokenName | null) =>
        name === null ? null : namedToken(name, tokenizer, model.config.vocabSize);
      const question = { position, target: await idOf(target), versus: await idOf(versus) };
      return attribution(model, run.ids, residual, question, textOf, options);
    },
  };
}
