import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Node } from '../inspection/branch';
import type { EngineRequests } from '../protocol/engine';
import type { ModelRef, RunRef } from '../protocol/inspection';
import type { BranchRef } from '../protocol/tree';
import type { LoadedModel } from './loadedModel';

/** What the handlers of requests ask of the engine. */
export interface EngineContext {
  /** The model of a reference, loaded if it is not the one in memory. */
  load(ref: ModelRef, options: PassOptions): Promise<LoadedModel>;
  /** A pass over some tokens, from the cache where it is there. */
  pass(loaded: LoadedModel, ids: readonly number[], options: PassOptions): Promise<ResidualStream>;
  /**
   * A run that was named: its model and its residual stream.
   *
   * @param of the model that this request began with: it goes on with it whatever becomes of the files.
   * @throws {UserError} where the model is not the one any more that the run is of.
   */
  run(
    ref: RunRef,
    options: PassOptions,
    of?: LoadedModel,
  ): Promise<{ loaded: LoadedModel; residual: ResidualStream }>;
  /** A node of the tree of a run's continuations. @throws {UserError} where there is none. */
  node(
    ref: BranchRef,
    options: PassOptions,
    of?: LoadedModel,
  ): Promise<{ loaded: LoadedModel; node: Node }>;
}

/** What answers some of the engine's requests; called one at a time. */
export type Handlers<Requests extends object> = {
  [M in keyof Requests & keyof EngineRequests]: (
    params: EngineRequests[M]['params'],
    options: PassOptions,
  ) => Promise<EngineRequests[M]['result']>;
};
