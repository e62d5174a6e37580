import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { PrefixCache } from '../../src/gpt/prefixCache';

/** A golden's model: its weights are large, so that a mistake in attention cannot hide. */
const folder = join(import.meta.dirname, '../golden/data/base');
const [nEmbd, nCtx, vocabSize] = [48, 48, 600];
const text = Array.from({ length: nCtx }, (_, i) => (100 + 23 * i) % vocabSize);
let model: Model;

beforeAll(async () => {
  model = await Model.load(folder, 1);
});
afterAll(() => model.release());

/** Values are of the size 1 to 10; two orders of summation differ by a millionth of that. */
async function expectLikeAPass(row: Float32Array, ids: number[]): Promise<void> {
  const expected = (await forwardPass(model, ids)).at(-1)!.subarray(-nEmbd);
  expect(row).toHaveLength(nEmbd);
  for (const [i, value] of expected.entries()) expect(row[i]).toBeCloseTo(value, 4);
}

describe('a text whose beginning is known', () => {
  it('is read as a pass reads it, from nothing to a full context', async () => {
    const cache = new PrefixCache(model);
    for (const length of [1, 2, 3, 7, 8, 20, 47, 48]) {
      await expectLikeAPass(await cache.read(text.slice(0, length)), text.slice(0, length));
      expect(cache.length).toBe(length);
    }
    expect(cache.shared([...text.slice(0, 5), 599, ...text.slice(6)])).toBe(5);
  });

  it('is read anew from where it differs', async () => {
    const cache = new PrefixCache(model);
    await cache.read(text.slice(0, 30));
    for (const changed of [
      [...text.slice(0, 29), 7],
      [...text.slice(0, 12), 8, 9, ...text.slice(12, 40)],
      [11],
      [...text.slice(0, 5), 12],
    ]) {
      await expectLikeAPass(await cache.read(changed), changed);
    }
  });

  it('stays known when only its beginning is asked for', async () => {
    const cache = new PrefixCache(model);
    await cache.read(text.slice(0, 30));
    await expectLikeAPass(await cache.read(text.slice(0, 10)), text.slice(0, 10));
    expect(cache.length).toBe(30);
    expect(cache.shared(text.slice(0, 30))).toBe(30);
  });

  it('keeps what was known when it is cancelled between two layers', async () => {
    const cache = new PrefixCache(model);
    await cache.read(text.slice(0, 10));
    const cancellation = new AbortController();
    const cancelled = cache.read([...text.slice(0, 8), 5], { signal: cancellation.signal });
    cancellation.abort();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(cache.length).toBe(8);
    const ids = [...text.slice(0, 8), 6, 7];
    await expectLikeAPass(await cache.read(ids), ids);
  });

  it('takes no more room than its length calls for', async () => {
    const cache = new PrefixCache(model);
    await cache.read(text);
    const perToken = (2 * model.config.nLayer + 1) * nEmbd * 4;
    expect(cache.bytes).toBe(nCtx * perToken);
    await expect(cache.read([...text, 1])).rejects.toThrow(RangeError);
    await expect(cache.read([])).rejects.toThrow(RangeError);
  });
});
