import { describe, expect, it } from 'vitest';
import { samplingWords } from '../../src/webview/samplingWords';
import { branchCandidates } from '../../src/webview/branchCandidates';
import { treeStep } from '../../src/webview/components/treeStep';
import { indentsOf } from '../../src/webview/continuationBranches';
import { describe as describeNode, preview, spoken } from '../../src/webview/continuationWords';
import { ContinuationTree } from '../../src/webview/state/continuationTree';

describe('how samples are drawn', () => {
  it('is said in words, and only what is not plain', () => {
    expect(samplingWords({ temperature: 1, topK: null, topP: 1 })).toBe(
      'samples from the full distribution',
    );
    expect(samplingWords({ temperature: 0, topK: 40, topP: 0.5 })).toBe(
      'samples at temperature 0, greedy',
    );
    expect(samplingWords({ temperature: 0.7, topK: 40, topP: 1 })).toBe(
      'samples with temperature 0.7, top-k 40',
    );
    expect(samplingWords({ temperature: 1, topK: null, topP: 0.9 })).toBe('samples with top-p 0.9');
  });
});

describe('what may come after a branch', () => {
  it('is in the order of the model, and marks what came in the text', () => {
    const top = [3, 7].map((id) => ({ id, text: ` t${id}`, logit: id, logprob: -id, probability: 1 / id })); // prettier-ignore
    const end = { path: [], entropy: 1, top } as never;
    const { rows, actual } = branchCandidates(end, { id: 7 } as never);
    expect(rows.map(({ id, rank, actual }) => [id, rank, actual])).toEqual([
      [3, 1, false],
      [7, 2, true],
    ]);
    expect(actual).toBeNull();
    expect(branchCandidates(end, undefined).rows.some((row) => row.actual)).toBe(false);
  });
});

describe('the tree of continuations', () => {
  const tree = new ContinuationTree();
  const token = (text: string, logprob: number) => {
    return { id: text.charCodeAt(0), text, bytes: [], logprob, special: false };
  };
  const [a, b] = ['a', 'b'].map((text, i) => tree.add(tree.root, token(text, -1 - i)));
  const c = tree.add(a!, token('c', -1));
  const [d, e] = ['d', 'e'].map((text, i) => tree.add(c, token(text, -1 - i)));

  it('goes in by a step only where the text branches', () => {
    expect(tree.nodes()).toEqual([tree.root, a, c, d, e, b]);
    expect(indentsOf(tree.nodes())).toEqual([0, 1, 1, 2, 2, 1]);
  });

  it('is walked through by the keys of a tree', () => {
    const step = (node: typeof c, key: string) => treeStep(tree.nodes(), node, key);
    expect(step(a!, 'ArrowDown')).toBe(c);
    expect(step(b!, 'ArrowDown')).toBeNull();
    expect(step(a!, 'ArrowLeft')).toBe('fold');
    expect(step(c, 'ArrowLeft')).toBe(a); // in the middle of a branch there is nothing to fold
    expect(step(e!, 'ArrowLeft')).toBe(c);
    expect(step(c, 'ArrowRight')).toBe(d);
    expect(step(tree.root, 'End')).toBe(b);
    expect(step(tree.root, 'Delete')).toBeNull();
    expect(step(d!, 'Delete')).toBe('remove');
    expect(step(d!, 'x')).toBeUndefined();
  });

  it('is said in words', () => {
    expect(preview(a!)).toBe('cd');
    expect(spoken(c, 'c')).toBe('c, 36.8%, path −2.00, 2 branches');
    expect(spoken(tree.root, '·x')).toBe('The text up to ·x');
    expect(describeNode(d!)).toMatch(/token 3 after the text\n.*36\.8%.*\n.*logprob −3\.0000/);
  });
});
