import { beginsBranch } from '../continuationBranches';
import type { TreeNode } from '../state/continuationTree';

/** Another node that the focus goes to, null for none, or what is done with the node itself. */
export type TreeStep = TreeNode | 'fold' | 'choose' | 'remove' | null | undefined;

/** What a key does at one of the nodes that are shown; undefined where it is none of the tree's. */
export function treeStep(nodes: readonly TreeNode[], node: TreeNode, key: string): TreeStep {
  const at = nodes.indexOf(node);
  switch (key) {
    case 'ArrowDown':
      return nodes[at + 1] ?? null;
    case 'ArrowUp':
      return nodes[at - 1] ?? null;
    case 'ArrowRight':
      return node.folded ? 'fold' : (node.children[0] ?? null);
    case 'ArrowLeft':
      return node.children.length > 0 && !node.folded && beginsBranch(node) ? 'fold' : node.parent;
    case 'Home':
      return nodes[0]!;
    case 'End':
      return nodes.at(-1)!;
    case 'Enter':
    case ' ':
      return 'choose';
    case 'Delete':
    case 'Backspace':
      return node.parent ? 'remove' : null;
    default:
      return undefined;
  }
}
