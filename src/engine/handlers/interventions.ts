import type { PassOptions } from '../../gpt/betweenStages';
import type { ResidualStream } from '../../gpt/forwardPass';
import { checkEdits } from '../../inspection/checkEdits';
import { editedPass, type EditedPass } from '../../inspection/editedPass';
import { comparedAlong, comparedAt, steeringLengths } from '../../inspection/interventions';
import { bosTokenId } from '../../inspection/prompt';
import { steeringDirection } from '../../inspection/steering';
import type { RunRef } from '../../protocol/inspection';
import type { Edit, InterventionRequests, SteeringLength } from '../../protocol/interventions';
import type { EngineContext, Handlers } from '../engineContext';
import type { LoadedModel } from '../loadedModel';

interface Changed extends EditedPass {
  steering: SteeringLength[];
}

export function interventionHandlers(engine: EngineContext): Handlers<InterventionRequests> {
  /** A model's last changed pass: what is shown of it is asked for piece by piece. */
  const last = new WeakMap<LoadedModel, { key: string; changed: Changed }>();

  async function change(run: RunRef, edits: Edit[], options: PassOptions) {
    const { loaded, residual } = await engine.run(run, options);
    checkEdits(edits, loaded.model.config, run.ids.length);
    const key = `${run.ids.join()} ${JSON.stringify(edits)}`;
    const known = last.get(loaded);
    if (known?.key === key) return { loaded, residual, changed: known.changed };
    const changed = await changedPass(engine, loaded, run, residual, edits, options);
    last.set(loaded, { key, changed });
    return { loaded, residual, changed };
  }

  return {
    intervene: async ({ run, edits, topK, position }, options) => {
      const { loaded, residual, changed } = await change(run, edits, options);
      const { model, textOf } = loaded;
      const compared = await comparedAt(model, residual, changed, position, topK, textOf);
      return { ...compared, steering: changed.steering };
    },

    interventionEffect: async ({ run, edits, from, to }, options) => {
      const { loaded, residual, changed } = await change(run, edits, options);
      return comparedAlong(loaded.model, residual, changed, run.ids, from, to, options);
    },
  };
}

async function changedPass(
  engine: EngineContext,
  loaded: LoadedModel,
  run: RunRef,
  residual: ResidualStream,
  edits: Edit[],
  options: PassOptions,
): Promise<Changed> {
  const { model, tokenizer } = loaded;
  const source = {
    model,
    tokenizer,
    bos: run.ids[0] === bosTokenId(tokenizer, model.config),
    pass: (ids: readonly number[]) => engine.pass(loaded, ids, options),
  };
  const directions = new Map<Edit, Float32Array>();
  for (const edit of edits) {
    if (edit.kind !== 'steer') continue;
    const direction = await steeringDirection(source, edit.layer, edit.direction, options);
    directions.set(edit, direction);
  }
  const pass = await editedPass(model, residual, edits, directions, options);
  return {
    firstLayer: pass.firstLayer,
    residual: pass.residual.slice(-1), // nobody asks for more, and it takes a share of the memory
    steering: steeringLengths(residual, edits, directions, model.config.nEmbd),
  };
}
