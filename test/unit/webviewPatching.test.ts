import { describe, expect, it, vi } from 'vitest';
import type { Edit } from '../../src/protocol/interventions';
import { editChange, editPart, withEdit } from '../../src/webview/editWords';
import { patchingData } from '../../src/webview/patchingData';
import { restoreChoices } from '../../src/webview/state/choices';
import { type Ask, PatchingRun } from '../../src/webview/state/patchingRun';
import { withToken } from '../../src/webview/withToken';
import { panelState, token } from './webviewSamples';

const n = 4; // tokens; the sample model has 2 layers of 3 heads

/** A run whose engine is in the test's hands: each request waits until it is answered. */
function run(at: 'residPre' | 'heads' = 'residPre') {
  const { result } = panelState(1, n, 0).inspection!;
  const open: { method: string; params: object; answer: (value: unknown) => void }[] = [];
  const fail: ((error: Error) => void)[] = [];
  const ask = ((method: string, params: object, signal: AbortSignal) =>
    new Promise((resolve, reject) => {
      open.push({ method, params, answer: resolve });
      fail.push(reject);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    })) as unknown as Ask;
  const changed = vi.fn();
  const question = { result, corruptText: 'other', target: null, versus: null, at };
  const patching = new PatchingRun(question, ask, changed);
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const answer = async (value: unknown) => {
    open.at(-1)!.answer(value);
    await turn();
  };
  /** Answers what stands before the first cell: the texts differ from token 1 on. */
  const prepare = async () => {
    const ids = [0, 9, 2, 3];
    const tokens = ids.map((id) => token({ id, text: 'b' }));
    await answer({ run: { ...result.run, ids }, tokens, truncated: null });
    const name = { id: 1, text: 'x' };
    const ends = { clean: 2, corrupt: 1, cleanTop: name, corruptTop: name };
    await answer({ target: name, versus: { id: 2, text: 'y' }, ...ends, differing: [1] });
  };
  const cells = (count: number, value: number) => ({
    difference: new Float32Array(count).fill(1 + value),
    restored: new Float32Array(count).fill(value),
  });
  return { patching, open, fail, changed, turn, answer, prepare, cells };
}

describe('a patching run', () => {
  it('asks piece by piece, the last layer first, and keeps what has come', async () => {
    const { patching, open, prepare, answer, cells } = run();
    void patching.start();
    await prepare();
    const asked = () => open.at(-1)!.params;
    expect(asked()).toMatchObject({
      at: 'residPre',
      layer: 1,
      from: 0,
      to: 1,
      target: 1,
      versus: 2,
    });
    await answer(cells(1, 0));
    expect(asked()).toMatchObject({ layer: 1, from: 1, to: 4 });
    const before = patching.restored;
    await answer(cells(3, 0.5));
    expect(patching.restored).not.toBe(before); // so that it is drawn again
    expect([...patching.restored]).toEqual([NaN, NaN, NaN, NaN, 0, 0.5, 0.5, 0.5]);
    expect(patching.progress).toBeGreaterThan(0);
    expect(patching.progress).toBeLessThan(1);
    await answer(cells(1, 0));
    await answer(cells(3, 0.25));
    expect(patching).toMatchObject({ status: 'done', progress: 1, failure: null });
    expect([...patching.restored.subarray(0, 4)]).toEqual([0, 0.25, 0.25, 0.25]);
  });

  it('is stopped, and goes on where it was', async () => {
    const { patching, open, prepare, answer, cells, turn } = run();
    void patching.start();
    await prepare();
    await answer(cells(1, 0));
    patching.stop();
    await turn();
    expect(patching).toMatchObject({ status: 'stopped', failure: null });
    expect([...patching.restored.subarray(4)]).toEqual([0, NaN, NaN, NaN]);
    const asked = open.length;
    void patching.start();
    await turn();
    // Neither the text nor the baseline is asked for again.
    expect(open.slice(asked).map(({ method }) => method)).toEqual(['patch']);
    expect(open.at(-1)!.params).toMatchObject({ layer: 1, from: 1, to: 4 });
  });

  it('says why it failed, keeps what has come, and goes on', async () => {
    const { patching, open, fail, prepare, answer, cells, turn } = run('heads');
    void patching.start();
    await prepare();
    await answer(cells(3, 0.75));
    fail.at(-1)!(new Error('The engine stopped.'));
    await turn();
    expect(patching).toMatchObject({ status: 'failed', failure: 'The engine stopped.' });
    expect([...patching.restored]).toEqual([NaN, NaN, NaN, 0.75, 0.75, 0.75]);
    void patching.start();
    await turn();
    expect(patching.failure).toBeNull();
    expect(open.at(-1)).toMatchObject({ method: 'patchHeads', params: { layer: 0 } });
    await answer(cells(3, 0.25));
    expect(patching.status).toBe('done');
    const { rows, columns } = patchingData(patching)!;
    expect(columns).toEqual(['layer', 'head', 'logit difference', 'restored']);
    expect(rows[0]).toEqual([0, 0, 1.25, 0.25]);
    expect(rows).toHaveLength(6);
  });

  it('says at once what is wrong with a text', async () => {
    const { patching, answer, turn } = run();
    void patching.start();
    const ids = [0, 1, 2, 3];
    const truncated = { tokens: 3, characters: 9 };
    await answer({ run: { model: {}, ids }, tokens: [], truncated });
    await turn();
    expect(patching.failure).toMatch(/7 tokens, more than the 4 that the model reads/);
    expect(patchingData(patching)).toBeNull();
  });
});

describe('edits', () => {
  const tokens = ['The', ' cat', ' sat'].map((text, index) => token({ text, index }));
  const off: Edit = { kind: 'ablateHead', layer: 1, head: 2, by: 'zero' };

  it.each<[Edit, string, string]>([
    [off, 'L1H2', 'off'],
    [{ kind: 'ablateMlp', layer: 0, by: 'mean' }, 'L0 MLP', 'at its mean'],
    [{ kind: 'scaleHead', layer: 1, head: 2, factor: -0.5 }, 'L1H2', '× −0.50'],
    [{ kind: 'scaleAttention', layer: 3, factor: 2 }, 'L3 attention', '× 2.00'],
    [
      { kind: 'setPatternRow', layer: 1, head: 0, query: 2, to: { rule: 'only', key: 1 } },
      'L1H0',
      '·sat (2) looks at ·cat (1) only',
    ],
    [
      { kind: 'setPatternRow', layer: 1, head: 0, query: 9, to: { rule: 'without', key: 0 } },
      'L1H0',
      'token 9 looks past The (0)',
    ],
    [
      {
        kind: 'steer',
        layer: 2,
        factor: 4,
        from: 1,
        direction: { between: 'tokens', plus: 'happy', minus: 'sad' },
      },
      'L2 residPre',
      '+ 4.00 × (happy − sad) from ·cat (1) on',
    ],
  ])('are told in words: %j', (edit, part, change) => {
    expect(editPart(edit)).toBe(part);
    expect(editChange(edit, tokens)).toBe(change);
  });

  it('stand in for one another where one makes the other meaningless', () => {
    const mean: Edit = { ...off, by: 'mean' };
    const scale: Edit = { kind: 'scaleHead', layer: 1, head: 2, factor: 2 };
    const other: Edit = { ...off, head: 0 };
    expect(withEdit([other, off], mean)).toEqual([other, mean]);
    expect(withEdit([off], scale)).toEqual([scale]);
    expect(withEdit([off], other)).toEqual([off, other]);
  });

  it('are restored only where they are edits', () => {
    const saved = [off, null, 3, { kind: 'x', layer: 0 }, { kind: 'setPatternRow', layer: 0 }];
    expect(restoreChoices({ edits: saved }).edits).toEqual([off]);
    expect(restoreChoices({ edits: 'none' }).edits).toEqual([]);
  });
});

it('a word takes the place of a token, behind the space that was before it', () => {
  const bytes = (text: string) => [...new TextEncoder().encode(text)];
  const tokens = ['The', ' cat', ' sät'].map((text, index) =>
    token({ text, index, bytes: bytes(text) }),
  );
  expect(withToken(tokens, 1, 'dog')).toBe('The dog sät');
  expect(withToken(tokens, 1, ' dog')).toBe('The dog sät');
  expect(withToken(tokens, 0, 'A')).toBe('A cat sät');
});
