import { displayToken } from '../tokenizer/tokenDisplay';
import { branchText } from './branchText';
import type { SectionTable } from './sectionTable';
import { pathTo, type ContinuationTree, type TreeNode } from './state/continuationTree';

/** Every node of a tree of continuations, each before those that follow it. */
export function continuationData(tree: ContinuationTree, position: number): SectionTable {
  const nodes = tree.nodes(true).slice(1);
  return {
    name: `continue-${position}`,
    columns: ['place', 'token', 'id', 'probability', 'logprob', 'Σ logprob', 'text of the branch'],
    rows: nodes.map((node) => {
      const { id, text, logprob } = node.token!;
      const branch = displayToken(branchText(pathTo(node)).text);
      return [node.depth, displayToken(text), id, Math.exp(logprob), logprob, node.total, branch];
    }),
    json: { position, continuations: tree.root.children.map(asJson) },
  };
}

function asJson({ token, total, children }: TreeNode): unknown {
  const { id, text, bytes, special, logprob } = token!;
  const continuations = children.map(asJson);
  return { id, text, bytes, special, logprob, pathLogprob: total, continuations };
}
