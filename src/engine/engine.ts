import type { PassOptions } from '../gpt/betweenStages';
import { forwardPass, type ResidualStream } from '../gpt/forwardPass';
import { checkPosition, checkTokenId } from '../inspection/places';
import type { EngineMethod, EngineRequests } from '../protocol/engine';
import type { ModelRef, RunRef } from '../protocol/inspection';
import type { BranchRef } from '../protocol/tree';
import type { EngineContext, Handlers } from './engineContext';
import { attentionHandlers } from './handlers/attention';
import { embeddingHandlers } from './handlers/embeddings';
import { attributionHandlers } from './handlers/attribution';
import { generationHandlers } from './handlers/generation';
import { inspectionHandlers } from './handlers/inspection';
import { interventionHandlers } from './handlers/interventions';
import { patchingHandlers } from './handlers/patching';
import { readingHandlers } from './handlers/tokenize';
import { modelPageHandlers } from './handlers/modelPage';
import { neuronHandlers } from './handlers/neurons';
import { lensHandlers } from './handlers/lens';
import { treeHandlers } from './handlers/tree';
import { tokenHandlers } from './handlers/token';
import { typingHandlers } from './handlers/typing';
import { checkVersion, loadModel, modelKey, type LoadedModel } from './loadedModel';
import { Queue } from './queue';

type Handler<M extends EngineMethod> = (
  params: EngineRequests[M]['params'],
  options?: PassOptions,
) => Promise<EngineRequests[M]['result']>;

/**
 * Answers the requests of the protocol, one at a time. Holds one model, the last that was asked
 * for, and with it what was computed by it.
 */
export class Engine implements EngineContext {
  private loaded: LoadedModel | undefined;
  private readonly queue = new Queue();

  readonly handlers = this.queued({
    ...inspectionHandlers(this),
    ...attentionHandlers(this),
    ...generationHandlers(this),
    ...readingHandlers(this),
    ...interventionHandlers(this),
    ...patchingHandlers(this),
    ...modelPageHandlers,
    ...neuronHandlers(this),
    ...embeddingHandlers(this),
    ...lensHandlers(this),
    ...attributionHandlers(this),
    ...treeHandlers(this),
    ...tokenHandlers(this),
    ...typingHandlers(this),
  });

  /** The previous model is given back only once the new one works. */
  async load(ref: ModelRef, options: PassOptions): Promise<LoadedModel> {
    if (this.loaded?.key === (await modelKey(ref))) return this.loaded;
    const loaded = await loadModel(ref, options);
    const before = this.loaded;
    this.loaded = loaded;
    await before?.model.release();
    return loaded;
  }

  async pass(
    { model, runs }: LoadedModel,
    ids: readonly number[],
    options: PassOptions,
  ): Promise<ResidualStream> {
    const known = runs.get(ids);
    if (known) return known;
    const residual = await forwardPass(model, ids, options);
    runs.set(ids, residual);
    return residual;
  }

  async run(ref: RunRef, options: PassOptions, of?: LoadedModel) {
    const loaded = of ?? (await this.load(ref.model, options));
    checkVersion(loaded, ref);
    return { loaded, residual: await this.pass(loaded, ref.ids, options) };
  }

  async node({ run, position, path }: BranchRef, options: PassOptions, of?: LoadedModel) {
    checkPosition(run.ids.length, position);
    const { loaded, residual } = await this.run(run, options, of);
    for (const id of path) checkTokenId(loaded.model.config, id);
    const node = await loaded.branches.find(run.ids, residual, { position, path }, options);
    return { loaded, node };
  }

  private queued(handlers: Handlers<EngineRequests>): { [M in EngineMethod]: Handler<M> } {
    const entries = Object.entries(handlers).map(([method, handle]) => [
      method,
      (params: never, options: PassOptions = {}) =>
        this.queue.run(() => handle(params, options) as Promise<unknown>, options.signal),
    ]);
    return Object.fromEntries(entries) as { [M in EngineMethod]: Handler<M> };
  }
}
