import { attribution } from '../../inspection/attribution';
import { namedToken } from '../../inspection/namedToken';
import type { AttributionRequests, TokenName } from '../../protocol/attribution';
import { UserError } from '../../protocol/userError';
import type { EngineContext, Handlers } from '../engineContext';

export function attributionHandlers(engine: EngineContext): Handlers<AttributionRequests> {
  return {
    attribution: async ({ run, position, target, versus }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      const { model, tokenizer, textOf } = loaded;
      const idOf = async (name: TokenName | null) => {
        if (typeof name === 'number' && !(Number.isSafeInteger(name) && name >= 0)) {
          throw new UserError(`There is no token ${name}: ids are whole numbers from 0.`);
        }
        return name === null ? null : namedToken(String(name), tokenizer, model.config.vocabSize);
      };
      const question = { position, target: await idOf(target), versus: await idOf(versus) };
      return attribution(model, run.ids, residual, question, textOf, options);
    },
  };
}
