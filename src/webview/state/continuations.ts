import type { RunRef } from '../../protocol/inspection';
import { ContinuationTree } from './continuationTree';

/** The trees of continuations of one run, one for each position that was gone on from. */
export class Continuations {
  private readonly trees = new Map<number, ContinuationTree>();

  private constructor(private readonly run: string) {}

  /** Those of a run: what was saved, where that is of the same run. */
  static of(run: RunRef, saved: unknown): Continuations {
    const result = new Continuations(nameOf(run));
    const from = saved as { run?: unknown; trees?: unknown } | null | undefined;
    if (from?.run !== result.run || !Array.isArray(from.trees)) return result;
    for (const entry of from.trees as unknown[]) {
      if (!Array.isArray(entry)) continue;
      const [position, tree] = entry as unknown[];
      if (Number.isSafeInteger(position) && (position as number) in run.ids) {
        result.trees.set(position as number, ContinuationTree.restore(tree));
      }
    }
    return result;
  }

  tree(position: number): ContinuationTree {
    let tree = this.trees.get(position);
    if (!tree) this.trees.set(position, (tree = new ContinuationTree()));
    return tree;
  }

  save(): unknown {
    const grown = [...this.trees].filter(([, tree]) => !tree.isEmpty);
    return { run: this.run, trees: grown.map(([position, tree]) => [position, tree.save()]) };
  }
}

/** A name for a run that is short, and the same whenever the same text is inspected. */
function nameOf({ model, ids }: RunRef): string {
  // FNV-1a (Fowler, Noll & Vo), of the ids.
  const hash = ids.reduce((h, id) => Math.imul(h ^ id, 0x01000193), 0x811c9dc5) >>> 0;
  return `${model.folder} ${ids.length} ${hash.toString(16)}`;
}
