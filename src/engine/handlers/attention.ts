import { attentionPattern } from '../../inspection/attention';
import { headSummary } from '../../inspection/headSummary';
import type { AttentionRequests } from '../../protocol/attention';
import type { EngineContext, Handlers } from '../engineContext';

export function attentionHandlers(engine: EngineContext): Handlers<AttentionRequests> {
  return {
    attention: async ({ run, layer, head, weighted }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return attentionPattern(loaded.model, residual, layer, head, weighted, options);
    },

    headSummary: async ({ run, layer, ...thumbnails }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return headSummary(loaded.model, residual, run.ids, layer, thumbnails, options);
    },
  };
}
