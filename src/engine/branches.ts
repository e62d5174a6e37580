import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import { textKeysValues, type TextKeysValues } from '../gpt/keyValueCache';
import type { Model } from '../gpt/model';
import { Branch, type Node } from '../inspection/branch';

interface KnownText {
  keysValues: TextKeysValues | null;
  /** Looked at last at the end. */
  branches: { position: number; branch: Branch }[];
}

/**
 * The keys and values of texts that a model continued, and the branches that go on from them, least
 * recently used first. Bounded in bytes; what was asked for last stays whatever its size.
 */
export class Branches {
  private readonly texts = new Map<string, KnownText>();

  constructor(
    private readonly model: Model,
    private readonly maxBytes: number,
  ) {}

  /**
   * The branch with a path: one that is known and begins with it, or the known one that shares most
   * with it, continued or forked.
   *
   * @throws the signal's reason when it aborts between two tokens; those before it are kept.
   */
  async find(
    ids: readonly number[],
    residual: ResidualStream,
    { position, path }: { position: number; path: readonly number[] },
    options: PassOptions,
  ): Promise<Node> {
    const { model } = this;
    const text = this.text(ids.join());
    const here = text.branches.filter((known) => known.position === position);
    let node: Node | null = null;
    for (const { branch } of here) {
      const length = commonLength(branch.path, path);
      // Of those that share equally much, one that ends there can simply be continued.
      const better = length === node?.length ? branch.length === length : length > (node?.length ?? -1); // prettier-ignore
      if (better) node = { branch, length };
    }
    if (!node) {
      const { nEmbd } = model.config;
      const root = residual.at(-1)!.subarray(position * nEmbd, (position + 1) * nEmbd);
      const prompt = ids.slice(0, position + 1);
      const branch = new Branch(model, prompt, root, async (pass) => {
        text.keysValues ??= await textKeysValues(model, residual, pass);
        return text.keysValues;
      });
      node = { branch, length: 0 };
    } else if (node.length < path.length && node.length < node.branch.length) {
      node = { branch: node.branch.fork(node.length), length: node.length };
    }
    const { branch } = node;
    text.branches = text.branches.filter((known) => known.branch !== branch);
    text.branches.push({ position, branch });
    try {
      for (const id of path.slice(node.length)) await branch.append(id, options);
    } finally {
      this.forgetBeyondBytes(text);
    }
    return { branch, length: path.length };
  }

  private text(key: string): KnownText {
    const known = this.texts.get(key) ?? { keysValues: null, branches: [] };
    this.texts.delete(key);
    this.texts.set(key, known);
    return known;
  }

  private forgetBeyondBytes(current: KnownText): void {
    const bytes = () => [...this.texts.values()].reduce((sum, text) => sum + bytesOf(text), 0);
    for (const [key, text] of this.texts) {
      if (bytes() <= this.maxBytes) return;
      if (text !== current) this.texts.delete(key);
    }
    while (current.branches.length > 1 && bytes() > this.maxBytes) current.branches.shift();
  }
}

function bytesOf({ keysValues, branches }: KnownText): number {
  return branches.reduce((sum, { branch }) => sum + branch.bytes, keysValues?.bytes ?? 0);
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
