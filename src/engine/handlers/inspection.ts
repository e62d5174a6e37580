import { inspectedTokens, nextTokens, totals } from '../../inspection/inspect';
import { checkPosition } from '../../inspection/places';
import { logitsAt, predictions, type Prediction } from '../../inspection/predictions';
import type { Prompt } from '../../inspection/prompt';
import { windowedPredictions } from '../../inspection/windows';
import type { InspectionRequests } from '../../protocol/engine';
import type { DocumentInspection, Inspection } from '../../protocol/inspection';
import { sha256OfFiles } from '../../weights/checksum';
import type { EngineContext, Handlers } from '../engineContext';
import type { LoadedModel } from '../loadedModel';
import { read, timed } from './reading';

export function inspectionHandlers(engine: EngineContext): Handlers<InspectionRequests> {
  return {
    describe: async ({ model }, options) => (await engine.load(model, options)).description,

    inspect: async (params, options) => {
      const { value: loaded, ms: loadMs } = await timed(() => engine.load(params.model, options));
      const { model } = loaded;
      const prompt = await read(loaded, params, model.config.nCtx, options);
      const { value: distributions, ms: forwardMs } = await timed(async () => {
        const residual = await engine.pass(loaded, prompt.ids, options);
        return predictions(model, residual, prompt.ids, params.topK, options);
      });
      const run = { model: params.model, ids: prompt.ids, version: loaded.version };
      const { specialTokens } = params;
      const result = report(loaded, prompt, distributions, { loadMs, forwardMs });
      return { run, ...result, ...(specialTokens === 'token' && { specialTokens }) };
    },

    inspectDocument: async (params, options) => {
      const { value: loaded, ms: loadMs } = await timed(() => engine.load(params.model, options));
      const prompt = await read(loaded, params, Infinity, options);
      const { value: distributions, ms: forwardMs } = await timed(() =>
        windowedPredictions(loaded.model, prompt.ids, params.topK, params.stride, options),
      );
      return report(loaded, prompt, distributions, { loadMs, forwardMs });
    },

    logits: async ({ run, position }, options) => {
      checkPosition(run.ids.length, position);
      const { loaded, residual } = await engine.run(run, options);
      return logitsAt(loaded.model, residual, position);
    },

    weightsHash: async ({ model }, options) => {
      const loaded = await engine.load(model, options);
      return (loaded.weightsHash ??= await sha256OfFiles(loaded.model.weightFiles, options.signal));
    },

    vocabulary: async ({ model }, options) => {
      const { description, textOf } = await engine.load(model, options);
      return Array.from({ length: description.vocabSize }, (_, id) => textOf(id));
    },
  };
}

function report(
  { description, textOf }: LoadedModel,
  prompt: Prompt,
  distributions: Prediction[],
  timing: Inspection['timing'],
): DocumentInspection {
  const tokens = inspectedTokens(prompt.tokens, distributions, textOf);
  return {
    model: description,
    tokens,
    next: nextTokens(distributions, textOf),
    totals: totals(tokens),
    truncated: prompt.truncated,
    timing,
  };
}
