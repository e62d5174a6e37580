import type { TreeNode } from './state/continuationTree';

/** The root, and every token that stands beside others or comes first. */
export function beginsBranch({ parent }: TreeNode): boolean {
  return !parent || !parent.parent || parent.children.length > 1;
}

/** How far in each row stands: a step for each place where the text branches. */
export function indentsOf(nodes: readonly TreeNode[]): number[] {
  const indents = new Map<TreeNode, number>();
  return nodes.map((node) => {
    const above = node.parent ? indents.get(node.parent)! : -1;
    const indent = beginsBranch(node) ? above + 1 : above;
    indents.set(node, indent);
    return indent;
  });
}
