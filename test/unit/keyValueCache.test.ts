import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Continuation } from '../../src/gpt/continuation';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { KeyValueCache, textKeysValues, type TextKeysValues } from '../../src/gpt/keyValueCache';
import { Model } from '../../src/gpt/model';

/** A golden's model: its weights are large, so that a mistake in attention cannot hide. */
const folder = join(import.meta.dirname, '../golden/data/base');
const [nEmbd, nCtx, vocabSize] = [48, 48, 600];
const text = Array.from({ length: 20 }, (_, i) => 100 + 23 * i);
let model: Model;
let residual: ResidualStream;
let keysValues: TextKeysValues;

beforeAll(async () => {
  model = await Model.load(folder, 1);
  residual = await forwardPass(model, text);
  keysValues = await textKeysValues(model, residual);
});
afterAll(() => model.release());

/** The last row of a whole pass: what a cached token is held to. */
async function lastRow(ids: number[]): Promise<Float32Array> {
  return (await forwardPass(model, ids)).at(-1)!.subarray(-nEmbd);
}

/** Values are of the size 1 to 10; two orders of summation differ by a millionth of that. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
}

describe('a token with cached keys and values', () => {
  it.each([1, 7, 20])('is what a pass gives, behind %d tokens of the text', async (seen) => {
    // Enough tokens to outgrow the room twice.
    const path = Array.from({ length: nCtx - seen }, (_, i) => (i * 7919) % vocabSize);
    const cache = new KeyValueCache(model, keysValues, seen, 1, 4);
    for (const [i, id] of path.entries()) {
      const row = await cache.append([id]);
      if (i % 5 > 0 && i + 1 < path.length) continue;
      expectClose(row, await lastRow([...text.slice(0, seen), ...path.slice(0, i + 1)]));
    }
    expect(cache.full).toBe(true);
    await expect(cache.append([1])).rejects.toThrow(RangeError);
  });

  it('is that of each of several sequences, which do not see one another', async () => {
    const cache = new KeyValueCache(model, keysValues, text.length, 3);
    const steps = [
      [11, 12, 13],
      [21, 21, 23],
      [31, 32, 31],
    ];
    let rows = new Float32Array();
    for (const ids of steps) rows = (await cache.append(ids)) as Float32Array<ArrayBuffer>;
    for (const sequence of [0, 1, 2]) {
      const row = rows.subarray(sequence * nEmbd, (sequence + 1) * nEmbd);
      expectClose(row, await lastRow([...text, ...steps.map((ids) => ids[sequence]!)]));
    }
  });

  it('leaves nothing behind when it is cancelled between two layers', async () => {
    const cache = new KeyValueCache(model, keysValues, text.length);
    await cache.append([5]);
    const cancellation = new AbortController();
    const cancelled = cache.append([6], { signal: cancellation.signal });
    cancellation.abort();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(cache.length).toBe(1);
    expectClose(await cache.append([7]), await lastRow([...text, 5, 7]));
  });
});

describe('a continuation', () => {
  it('branches in the middle, and both branches go on', async () => {
    const trunk = Continuation.of(model, text, keysValues);
    for (const id of [5, 6, 7, 8]) await trunk.append([id]);
    const branch = trunk.select([0], 2);
    expect(branch.path()).toEqual([5, 6]);
    expectClose(branch.rowsAfter(1), await lastRow([...text, 5, 6]));
    expectClose(await branch.append([9]), await lastRow([...text, 5, 6, 9]));
    expectClose(await trunk.append([10]), await lastRow([...text, 5, 6, 7, 8, 10]));
    expectClose(trunk.rowsAfter(1), await lastRow([...text, 5, 6]));
  });

  it('follows sequences that are chosen again and again, as beams are', async () => {
    const start = Continuation.of(model, text.slice(0, 4), keysValues).select([0, 0]);
    await start.append([1, 2]);
    const both = start.select([1, 0, 1]);
    await both.append([3, 4, 5]);
    const rows = await both.select([2, 2]).append([6, 7]);
    expectClose(rows.subarray(0, nEmbd), await lastRow([...text.slice(0, 4), 2, 5, 6]));
    expectClose(rows.subarray(nEmbd), await lastRow([...text.slice(0, 4), 2, 5, 7]));
  });

  it('lets the oldest token drop out when the context is full', async () => {
    const full = Array.from({ length: nCtx }, (_, i) => 300 + i);
    const prompt = full.slice(0, nCtx - 1);
    const pass = await forwardPass(model, prompt);
    const grown = Continuation.of(model, prompt, await textKeysValues(model, pass)).select([0, 0]);
    const paths: number[][] = [[], []];
    for (const ids of [
      [1, 2],
      [3, 4],
      [5, 6],
    ]) {
      ids.forEach((id, sequence) => paths[sequence]!.push(id));
      const rows = await grown.append(ids);
      for (const [sequence, path] of paths.entries()) {
        const window = [...prompt, ...path].slice(-nCtx);
        const row = rows.subarray(sequence * nEmbd, (sequence + 1) * nEmbd);
        expectClose(row, await lastRow(window));
      }
    }
    const earlier = grown.select([1], 1);
    expectClose(await earlier.append([8]), await lastRow([...prompt.slice(1), 2, 8]));
  });
});
