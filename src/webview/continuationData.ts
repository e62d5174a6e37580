import type { BranchEnd } from '../protocol/tree';
import { displayToken } from '../tokenizer/tokenDisplay';
import { branchText } from './branchText';
import type { SectionTable } from './sectionTable';
import { pathTo, type ContinuationTree, type TreeNode } from './state/continuationTree';

/**
 * Every node of a tree of continuations, each before those that follow it; and, where they are known,
 * the candidates after the selected one that are not in the tree.
 */
export function continuationData(
  tree: ContinuationTree,
  position: number,
  end: BranchEnd | null,
): SectionTable {
  const kept = tree.nodes(true).slice(1);
  const { selected } = tree;
  const before = branchText(pathTo(selected)).text;
  const others = (end?.top ?? []).filter(
    ({ id }) => !selected.children.some((child) => child.token!.id === id),
  );
  return {
    name: `continue-${position}`,
    columns: ['', 'place', 'token', 'id', 'probability', 'logprob', 'Σ logprob', 'text'],
    rows: [
      ...kept.map((node) => {
        const { id, text, logprob } = node.token!;
        const branch = displayToken(branchText(pathTo(node)).text);
        const own = [id, Math.exp(logprob), logprob, node.total];
        return ['kept', node.depth, displayToken(text), ...own, branch];
      }),
      ...others.map(({ id, text, probability, logprob }) => {
        const own = [id, probability, logprob, selected.total + logprob];
        return ['candidate', selected.depth + 1, displayToken(text), ...own, displayToken(before + text)]; // prettier-ignore
      }),
    ],
    json: {
      position,
      continuations: tree.root.children.map(asJson),
      selected: { path: pathTo(selected).map(({ id }) => id), next: end?.top ?? null },
    },
  };
}

function asJson({ token, total, children }: TreeNode): unknown {
  const { id, text, bytes, special, logprob } = token!;
  const continuations = children.map(asJson);
  return { id, text, bytes, special, logprob, pathLogprob: total, continuations };
}
