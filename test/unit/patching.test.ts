import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { patchChunks, rowsPerCall } from '../../src/inspection/patchChunks';
import type { PatchPlace } from '../../src/protocol/patching';
import { UserError } from '../../src/protocol/userError';
import { PlainGpt2, type Hooks, type Matrix } from '../fixtures/plainGpt2';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-patching-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = randomCheckpoint(join(root, 'tiny'), tinyGpt2, 5, 0.4);
const plain = new PlainGpt2(folder);
const { handlers } = new Engine();
const model = { folder, threads: 1 };
const [nLayer, nHead] = [tinyGpt2.n_layer, tinyGpt2.n_head];

const clean = { model, ids: [464, 2068, 7586, 21831, 18045, 625, 262] };
const corrupt = { model, ids: [464, 2068, 2266, 21831, 18045, 625, 257] };
const n = clean.ids.length;
const target = 16931;
const versus = 3290;
const base = { clean, corrupt, target, versus };

const difference = (logits: Matrix) => logits.at(-1)![target]! - logits.at(-1)![versus]!;

/** Every activation of the clean run. */
const kept = new Map<string, Matrix>();
const keep = (name: string) => (layer: number, x: Matrix) => {
  kept.set(`${name} ${layer}`, x);
  return x;
};
const cleanDifference = difference(
  plain.logits(clean.ids, {
    residPre: keep('residPre'),
    attnOut: keep('attnOut'),
    mlpOut: keep('mlpOut'),
    z: (layer, head, x) => keep(`z ${head}`)(layer, x),
  }),
);
const corruptDifference = difference(plain.logits(corrupt.ids));
const restored = (value: number) =>
  (value - corruptDifference) / (cleanDifference - corruptDifference);

/** What a patch of one cell gives in plain loops. */
function patched(at: PatchPlace, layer: number, position: number): number {
  const put = (here: number, x: Matrix) =>
    here === layer
      ? x.map((row, i) => (i === position ? kept.get(`${at} ${layer}`)![i]! : row))
      : x;
  return difference(plain.logits(corrupt.ids, { [at]: put }));
}

describe('patchBaseline', () => {
  it('measures both texts', async () => {
    const names = { target: String(target), versus: String(versus) };
    const baseline = await handlers.patchBaseline({ clean, corrupt, ...names });
    expect(baseline.clean).toBeCloseTo(cleanDifference, 4);
    expect(baseline.corrupt).toBeCloseTo(corruptDifference, 4);
    expect(baseline).toMatchObject({ target: { id: target }, versus: { id: versus } });
    expect(baseline.differing).toEqual([2, 6]);
  });

  it('compares what each text is most likely to go on with, unless told otherwise', async () => {
    const top = (ids: number[]) => {
      const last = plain.logits(ids).at(-1)!;
      return last.indexOf(last.reduce((most, value) => Math.max(most, value)));
    };
    const other = { model, ids: [464, 2068, 2266, 21831, 18045, 625, 50] };
    const runs = { clean, corrupt: other };
    const whole = await handlers.patchBaseline({ ...runs, target: null, versus: null });
    expect(whole.target.id).toBe(top(clean.ids));
    expect(whole.versus.id).toBe(top(other.ids));
    expect(whole.cleanTop.id).toBe(whole.target.id);
    expect(whole.corruptTop.id).toBe(whole.versus.id);
    const half = await handlers.patchBaseline({ ...runs, target: 'dog', versus: null });
    expect(half.target).toEqual({ id: versus, text: ' dog' });
    expect(half.versus.id).toBe(top(other.ids));
    // The two texts of the other tests go on alike.
    expect(top(corrupt.ids)).toBe(top(clean.ids));
    const alike = handlers.patchBaseline({ clean, corrupt, target: null, versus: null });
    await expect(alike).rejects.toThrow(/Both texts are most likely to go on with "\S+": name a/);
  });

  const [the, a, quick, very] = [464, 257, 2068, 845];
  it.each<[string, number[], number[], [string | null, string | null], RegExp]>([
    [
      'texts of other lengths',
      [the, quick, 7586, 262],
      [the, very, very, 7586, 262],
      [null, null],
      /clean text has 4 tokens and the corrupted one 5: from token 1 on, 1 \(·quick\) against 2 \(·very ·very\)/,
    ],
    [
      'a text that ends sooner',
      [the, quick],
      [the],
      [null, null],
      /2 tokens .* 1 \(·quick\) against nothing/,
    ],
    ['the same text twice', [the, quick], [the, quick], [null, null], /the same: change a word/],
    ['the same token twice', [the, quick], [the, a], ['dog', 'dog'], /Both tokens are "·dog"/],
    ['a target of several tokens', [the, quick], [the, a], ['frobnicate', null], /4 tokens/],
    ['an empty target', [the, quick], [the, a], ['', null], /empty text names no token/],
    ['an id that is none', [the, quick], [the, a], [null, '50257'], /no token 50257/],
  ])('refuses %s in one sentence', async (_, ids, others, [target, versus], sentence) => {
    const runs = { clean: { model, ids }, corrupt: { model, ids: others } };
    const failure = handlers.patchBaseline({ ...runs, target, versus });
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toThrow(sentence);
  });
});

describe.each<PatchPlace>(['residPre', 'attnOut', 'mlpOut'])('patching %s', (at) => {
  it('agrees with plain loops in every cell', async () => {
    let felt = 0;
    for (let layer = 0; layer < nLayer; layer++) {
      const result = await handlers.patch({ ...base, at, layer, from: 0, to: n });
      for (let position = 0; position < n; position++) {
        const expected = patched(at, layer, position);
        expect(result.difference[position], `${layer}, ${position}`).toBeCloseTo(expected, 4);
        expect(result.restored[position], `${layer}, ${position}`).toBeCloseTo(
          restored(expected),
          3,
        );
        if (Math.abs(restored(expected)) > 0.01) felt++;
      }
      // Before the first different token, exactly nothing.
      expect(result.restored.subarray(0, 2).every((value) => value === 0)).toBe(true);
    }
    expect(felt).toBeGreaterThan(5);
  });

  it('gives the same in chunks', async () => {
    const whole = await handlers.patch({ ...base, at, layer: 1, from: 0, to: n });
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 7],
    ] as const) {
      const part = await handlers.patch({ ...base, at, layer: 1, from, to });
      expect(part.difference).toHaveLength(to - from);
      part.difference.forEach((value, i) =>
        expect(value).toBeCloseTo(whole.difference[from + i]!, 5),
      );
    }
  });
});

it('patching all of residPre restores the clean run', async () => {
  const twin = { model, ids: clean.ids.map((id, at) => (at === n - 1 ? 257 : id)) };
  const params = { ...base, corrupt: twin, at: 'residPre' as const, from: n - 1, to: n };
  for (let layer = 0; layer < nLayer; layer++) {
    expect((await handlers.patch({ ...params, layer })).restored[0]).toBeCloseTo(1, 4);
  }
});

it('patching heads agrees with plain loops', async () => {
  for (let layer = 0; layer < nLayer; layer++) {
    const result = await handlers.patchHeads({ ...base, layer });
    expect(result.difference).toHaveLength(nHead);
    for (let head = 0; head < nHead; head++) {
      const hooks: Hooks = {
        z: (here, own, x) => (here === layer && own === head ? kept.get(`z ${head} ${layer}`)! : x),
      };
      const expected = difference(plain.logits(corrupt.ids, hooks));
      expect(result.difference[head]).toBeCloseTo(expected, 4);
      expect(result.restored[head]).toBeCloseTo(restored(expected), 3);
    }
  }
});

it('gives the same for a long text, whose cells are run in many batches', async () => {
  const long = Array.from({ length: 60 }, (_, i) => (i * 7919) % 50257);
  const others = long.map((id, at) => (at === 0 ? 5 : id));
  const params = { clean: { model, ids: long }, corrupt: { model, ids: others }, target, versus };
  const whole = await handlers.patch({ ...params, at: 'attnOut', layer: 0, from: 0, to: 60 });
  for (const position of [0, 1, 4, 5, 30, 59]) {
    const one = { ...params, at: 'attnOut' as const, layer: 0, from: position, to: position + 1 };
    const { difference: alone } = await handlers.patch(one);
    expect(alone[0]).toBeCloseTo(whole.difference[position]!, 4);
  }
});

it('stops between two blocks when it is cancelled', async () => {
  const cancellation = new AbortController();
  const seen: string[] = [];
  const onProgress = ({ message }: { message: string }) => {
    seen.push(message);
    if (message === 'Block 3 of 3') cancellation.abort();
  };
  await handlers.patchBaseline({ clean, corrupt, target: '5', versus: '6' }); // both passes are there
  const params = { ...base, at: 'residPre' as const, layer: 1, from: 0, to: n };
  const cancelled = handlers.patch(params, { signal: cancellation.signal, onProgress });
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toEqual(['Block 2 of 3', 'Block 3 of 3']);
  expect((await handlers.patch(params)).difference).toHaveLength(n);
});

it.each<[string, object, RegExp]>([
  ['a layer', { layer: nLayer }, /no layer 3/],
  ['a position', { from: n, to: n + 1 }, /no token 7/],
  ['an end', { to: n + 1 }, /no token 7/],
  ['a token', { target: 50257 }, /no token 50257/],
  ['a length', { corrupt: { model, ids: [464] } }, /7 tokens and the corrupted one 1/],
  [
    'another model',
    { corrupt: { model: { ...model, folder: '/elsewhere' }, ids: corrupt.ids } },
    /the same model/,
  ],
])('refuses %s that is not there', async (_, change, sentence) => {
  const params = { ...base, at: 'residPre' as const, layer: 0, from: 0, to: n, ...change };
  await expect(handlers.patch(params)).rejects.toBeInstanceOf(UserError);
  await expect(handlers.patch(params)).rejects.toThrow(sentence);
});

describe('patchChunks', () => {
  it.each([
    [1, 0],
    [16, 0],
    [16, 15],
    [64, 10],
    [512, 3],
    [20, 20],
  ])('cuts %d positions, different from %d on, without gap or overlap', (length, first) => {
    const chunks = patchChunks(length, first);
    let at = 0;
    for (const { from, to } of chunks) {
      expect(from).toBe(at);
      expect(to).toBeGreaterThan(from);
      at = to;
      const rows = (to - from) * (length - from);
      if (from >= first && to - from > 1) expect(rows).toBeLessThan(1.5 * rowsPerCall);
    }
    expect(at).toBe(length);
  });
});
