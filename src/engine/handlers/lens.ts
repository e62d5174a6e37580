import { lens } from '../../inspection/lens';
import { lensTable } from '../../inspection/lensTable';
import type { LensRequests } from '../../protocol/lens';
import type { EngineContext, Handlers } from '../engineContext';

export function lensHandlers(engine: EngineContext): Handlers<LensRequests> {
  return {
    lens: async ({ run, position, topK }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      const actualId = run.ids[position + 1] ?? null;
      return lens(loaded.model, residual, position, actualId, topK, loaded.textOf, options);
    },

    lensTable: async ({ run, from, to }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return lensTable(loaded.model, residual, from, to, loaded.textOf, options);
    },
  };
}
