import { describe, expect, it } from 'vitest';
import type { GeneratedToken } from '../../src/protocol/inspection';
import { branchText } from '../../src/webview/branchText';
import { continuationData } from '../../src/webview/continuationData';
import { ContinuationTree, pathTo } from '../../src/webview/state/continuationTree';
import { Continuations } from '../../src/webview/state/continuations';

const token = (text: string, logprob = -1): GeneratedToken => ({
  id: [...text].reduce((sum, letter) => sum * 31 + letter.codePointAt(0)!, 7),
  text,
  bytes: [...new TextEncoder().encode(text)],
  logprob,
  special: false,
});
const words = (text: string) => text.split(' ').map((word) => token(word));
const written = (tree: ContinuationTree, all = false) =>
  tree.nodes(all).map(({ token, depth }) => `${depth}${token?.text ?? ''}`);

describe('a tree of continuations', () => {
  it('holds a node once, however it was found, and likelier siblings first', () => {
    const tree = new ContinuationTree();
    tree.extend(tree.root, words('a b c'));
    const d = tree.extend(tree.root, [token('a'), token('b'), token('d', -0.5)]);
    tree.add(tree.root, token('z', -3));
    expect(written(tree)).toEqual(['0', '1a', '2b', '3d', '3c', '1z']);
    expect(d.total).toBeCloseTo(-2.5, 12);
    expect(pathTo(d).map(({ text }) => text)).toEqual(['a', 'b', 'd']);
  });

  it('hides what is folded, and shows what is selected', () => {
    const tree = new ContinuationTree();
    const c = tree.extend(tree.root, words('a b c'));
    c.parent!.parent!.folded = true;
    expect(written(tree)).toEqual(['0', '1a']);
    expect(written(tree, true)).toHaveLength(4);
    tree.select(c);
    expect(written(tree)).toHaveLength(4);
  });

  it('gives the selection to the parent of what is removed', () => {
    const tree = new ContinuationTree();
    const c = tree.extend(tree.root, words('a b c'));
    const b = c.parent!;
    tree.select(c);
    tree.remove(b);
    expect(tree.selected.token!.text).toBe('a');
    expect([tree.has(c), tree.has(b), tree.has(b.parent!)]).toEqual([false, false, true]);
    tree.remove(tree.root);
    expect(written(tree)).toEqual(['0', '1a']);
  });

  it('is the same after it was saved, and leaves out what is none', () => {
    const tree = new ContinuationTree();
    tree.extend(tree.root, words('a b c')).folded = true;
    tree.extend(tree.root, words('a x'));
    const saved: unknown = JSON.parse(JSON.stringify(tree.save()));
    expect(written(ContinuationTree.restore(saved))).toEqual(written(tree));
    const broken = [...(saved as unknown[]), [1, 'no bytes'], null, [1, 't', [256], false, -1, false, []]]; // prettier-ignore
    expect(written(ContinuationTree.restore(broken))).toEqual(written(tree));
    expect(ContinuationTree.restore('nonsense').isEmpty).toBe(true);
  });

  it('is told as a table, with what else may come after the selected node', () => {
    const tree = new ContinuationTree();
    const b = tree.extend(tree.root, words('a b'));
    tree.select(b.parent!);
    const top = ['b', 'c'].map((text) => {
      const { id, logprob } = token(text);
      return { id, text, logprob, logit: 0, probability: Math.exp(logprob) };
    });
    const { rows, json } = continuationData(tree, 3, { top, entropy: 1, path: [], logprob: -1 });
    expect(rows.map((row) => [row[0], row[1], row[2], row[6], row[7]])).toEqual([
      ['kept', 1, 'a', -1, 'a'],
      ['kept', 2, 'b', -2, 'ab'],
      ['candidate', 2, 'c', -2, 'ac'],
    ]);
    expect(json).toMatchObject({
      position: 3,
      continuations: [{ text: 'a', continuations: [{ text: 'b', pathLogprob: -2 }] }],
      selected: { path: [b.parent!.token!.id] },
    });
  });
});

describe('continuations', () => {
  const run = (...ids: number[]) => ({ model: { folder: '/model', threads: 0 }, ids });

  it('come back for the same text, and for no other', () => {
    const kept = Continuations.of(run(1, 2, 3), null);
    kept.tree(1).extend(kept.tree(1).root, words('a b'));
    const saved = kept.save();
    expect(written(Continuations.of(run(1, 2, 3), saved).tree(1))).toEqual(['0', '1a', '2b']);
    expect(Continuations.of(run(1, 2, 3), saved).tree(2).isEmpty).toBe(true);
    expect(Continuations.of(run(1, 2, 4), saved).tree(1).isEmpty).toBe(true);
    expect(Continuations.of(run(1, 2, 3), { run: 7 }).tree(1).isEmpty).toBe(true);
  });
});

it('decodes the bytes of a branch together, and tells where a character is cut through', () => {
  const [first, second] = ['🌙', 'x'].map((text) => token(text)) as [
    GeneratedToken,
    GeneratedToken,
  ];
  const half = (from: number, to: number) => ({ ...first, bytes: first.bytes.slice(from, to) });
  expect(branchText([half(0, 2), half(2, 4), second])).toEqual({ text: '🌙x', whole: true });
  expect(branchText([half(0, 2)])).toEqual({ text: '\\xF0\\x9F', whole: false });
  expect(branchText([second, { ...second, special: true }])).toEqual({ text: 'x', whole: true });
  // A text that is written like loose bytes is none.
  expect(branchText([token('\\xF0')])).toEqual({ text: '\\xF0', whole: true });
});
