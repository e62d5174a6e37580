import type { PassOptions } from '../../gpt/betweenStages';
import type { Growing } from '../../inspection/branch';
import type { BranchRef } from '../../protocol/tree';
import type { EngineContext } from '../engineContext';
import type { LoadedModel } from '../loadedModel';

/**
 * A node of the tree that moves on with each token that is appended. All that it passes is kept by the
 * engine, so that a later request for any of these nodes finds it done.
 *
 * @param of as of `EngineContext.run`; by default the model as it is now.
 */
export async function growingNode(
  engine: EngineContext,
  ref: BranchRef,
  options: PassOptions,
  of?: LoadedModel,
): Promise<{ loaded: LoadedModel; text: Growing }> {
  const { loaded, node: start } = await engine.node(ref, options, of);
  const path = [...ref.path];
  let node = start;
  const text: Growing = {
    model: loaded.model,
    get end() {
      return node.branch.rowAfter(node.length);
    },
    async append(id, pass = {}) {
      ({ node } = await engine.node({ ...ref, path: [...path, id] }, pass, loaded));
      path.push(id);
    },
  };
  return { loaded, text };
}
