import { attentionPattern } from '../../inspection/attention';
import type { AttentionRequests } from '../../protocol/engine';
import type { EngineContext, Handlers } from '../engineContext';

export function attentionHandlers(engine: EngineContext): Handlers<AttentionRequests> {
  return {
    attention: async ({ run, layer, head }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return attentionPattern(loaded.model, residual, layer, head);
    },
  };
}
