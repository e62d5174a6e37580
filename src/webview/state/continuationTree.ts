import type { GeneratedToken } from '../../protocol/inspection';

/** A token in the tree of a text's continuations; the root stands for the text itself. */
export interface TreeNode {
  /** Null for the root. */
  token: GeneratedToken | null;
  parent: TreeNode | null;
  children: TreeNode[];
  /** What comes after it is not shown. */
  folded: boolean;
  /** Logprob of the whole path to it: the sum of its tokens'. */
  total: number;
  /** 0 for the root. */
  depth: number;
  /** Another for each node that there ever was in the tree. */
  key: number;
}

/** A node as it is kept: `[id, text, bytes, special, logprob, folded, children]`. */
type SavedNode = [number, string, number[], boolean, number, boolean, SavedNode[]];

/** All continuations of a text that somebody looked at. A node is there once, however it was found. */
export class ContinuationTree {
  readonly root: TreeNode;
  private chosen: TreeNode;
  private keys = 0;

  constructor() {
    this.root = this.node(null, null);
    this.chosen = this.root;
  }

  /** The node that everything goes on from. */
  get selected(): TreeNode {
    return this.chosen;
  }

  get isEmpty(): boolean {
    return this.root.children.length === 0;
  }

  /** Makes a node the one that everything goes on from, and shows it. */
  select(node: TreeNode): void {
    this.chosen = node;
    for (let above = node.parent; above; above = above.parent) above.folded = false;
  }

  /** Adds a token after a node, unless it is there. Siblings are in the order of their logprobs. */
  add(parent: TreeNode, token: GeneratedToken): TreeNode {
    const known = parent.children.find((child) => child.token!.id === token.id);
    if (known) return known;
    const node = this.node(token, parent);
    const after = parent.children.findIndex((child) => child.token!.logprob < token.logprob);
    parent.children.splice(after === -1 ? parent.children.length : after, 0, node);
    return node;
  }

  /** Adds tokens, each after the one before it; returns the last. */
  extend(parent: TreeNode, tokens: readonly GeneratedToken[]): TreeNode {
    return tokens.reduce((node, token) => this.add(node, token), parent);
  }

  /** Takes a node away with all that comes after it; what was selected there moves to its parent. */
  remove(node: TreeNode): void {
    const { parent } = node;
    if (!parent) return;
    parent.children = parent.children.filter((child) => child !== node);
    if (!this.has(this.chosen)) this.chosen = parent;
  }

  /** The node is (still) part of the tree. */
  has(node: TreeNode): boolean {
    for (let at = node; at !== this.root; at = at.parent) {
      if (!at.parent?.children.includes(at)) return false;
    }
    return true;
  }

  /** The nodes from the root down, each before its children; with `all`, also what is folded away. */
  nodes(all = false): TreeNode[] {
    const result: TreeNode[] = [];
    const waiting = [this.root];
    while (waiting.length > 0) {
      const node = waiting.pop()!;
      result.push(node);
      if (all || !node.folded) waiting.push(...node.children.toReversed());
    }
    return result;
  }

  save(): SavedNode[] {
    const saved = ({ token, folded, children }: TreeNode): SavedNode => {
      const { id, text, bytes, special, logprob } = token!;
      return [id, text, bytes, special, logprob, folded, children.map(saved)];
    };
    return this.root.children.map(saved);
  }

  /** The tree that was saved; whatever does not look like one is left out. */
  static restore(saved: unknown): ContinuationTree {
    const tree = new ContinuationTree();
    const restore = (parent: TreeNode, nodes: unknown) => {
      if (!Array.isArray(nodes)) return;
      for (const each of nodes) {
        if (!isSavedNode(each)) continue;
        const [id, text, bytes, special, logprob, folded, children] = each;
        const node = tree.add(parent, { id, text, bytes, special, logprob });
        node.folded = folded;
        restore(node, children);
      }
    };
    restore(tree.root, saved);
    return tree;
  }

  private node(token: GeneratedToken | null, parent: TreeNode | null): TreeNode {
    return {
      token,
      parent,
      children: [],
      folded: false,
      total: (parent?.total ?? 0) + (token?.logprob ?? 0),
      depth: parent ? parent.depth + 1 : 0,
      key: this.keys++,
    };
  }
}

/** The tokens from the text to a node. */
export function pathTo(node: TreeNode): GeneratedToken[] {
  const path: GeneratedToken[] = [];
  for (let at: TreeNode | null = node; at?.token; at = at.parent) path.unshift(at.token);
  return path;
}

function isSavedNode(value: unknown): value is SavedNode {
  if (!Array.isArray(value) || value.length !== 7) return false;
  const [id, text, bytes, special, logprob, folded] = value as unknown[];
  return (
    Number.isSafeInteger(id) &&
    typeof text === 'string' &&
    Array.isArray(bytes) &&
    bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256) &&
    typeof special === 'boolean' &&
    Number.isFinite(logprob) &&
    typeof folded === 'boolean'
  );
}
