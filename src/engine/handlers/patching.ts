import type { PassOptions } from '../../gpt/betweenStages';
import { checkTexts, patchBaseline } from '../../inspection/patchBaseline';
import { patchHeads, patchPositions } from '../../inspection/patching';
import { checkLayer, checkPosition, checkTokenId } from '../../inspection/places';
import type { PatchingRequests, PatchRuns } from '../../protocol/patching';
import { UserError } from '../../protocol/userError';
import type { EngineContext, Handlers } from '../engineContext';
import { checkVersion } from '../loadedModel';

export function patchingHandlers(engine: EngineContext): Handlers<PatchingRequests> {
  async function runs({ clean, corrupt }: PatchRuns, options: PassOptions) {
    if (clean.model.folder !== corrupt.model.folder) {
      throw new UserError('Both texts must be read by the same model: choose one for both.');
    }
    const { loaded, residual } = await engine.run(clean, options);
    checkVersion(loaded, corrupt);
    checkTexts(clean.ids, corrupt.ids, loaded.textOf);
    return {
      loaded,
      model: loaded.model,
      clean: { ids: clean.ids, residual },
      corrupt: { ids: corrupt.ids, residual: await engine.pass(loaded, corrupt.ids, options) },
    };
  }

  return {
    patchBaseline: async ({ target, versus, ...params }, options) => {
      const { loaded, ...texts } = await runs(params, options);
      return patchBaseline(texts, { target, versus }, loaded, options);
    },

    patch: async ({ target, versus, at, layer, from, to, ...params }, options) => {
      const { loaded, ...texts } = await runs(params, options);
      const { config } = loaded.model;
      for (const id of [target, versus]) checkTokenId(config, id);
      checkLayer(config, layer);
      checkPosition(params.corrupt.ids.length, from);
      checkPosition(params.corrupt.ids.length, to - 1);
      return patchPositions({ ...texts, target, versus }, at, layer, from, to, options);
    },

    patchHeads: async ({ target, versus, layer, ...params }, options) => {
      const { loaded, ...texts } = await runs(params, options);
      const { config } = loaded.model;
      for (const id of [target, versus]) checkTokenId(config, id);
      checkLayer(config, layer);
      return patchHeads({ ...texts, target, versus }, layer, options);
    },
  };
}
