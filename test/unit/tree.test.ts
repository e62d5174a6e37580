import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { softmax } from '../../src/gpt/softmax';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-tree-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
const { handlers } = new Engine();
const { run } = await handlers.inspect({
  model,
  text: 'Once upon a time there was',
  topK: 1,
  bos: false,
});
const plain = { temperature: 1, topK: null, topP: 1 };
const greedy = { ...plain, temperature: 0 };

/** Probabilities after a text: from its own pass, without any cache of keys and values. */
async function probabilitiesAfter(ids: number[]): Promise<Float64Array> {
  return softmax(await handlers.logits({ run: { model, ids }, position: ids.length - 1 }));
}

describe('nextTokens', () => {
  it.each([
    ['the end of the text', 5, []],
    ['the middle of the text', 2, []],
    ['a path', 5, [262, 1110, 11]],
    ['a path from the middle', 1, [15, 16]],
  ])('gives probabilities of the full vocabulary after %s', async (_, position, path) => {
    const end = await handlers.nextTokens({ run, position, path, topK: 5 });
    const p = await probabilitiesAfter([...run.ids.slice(0, position + 1), ...path]);
    const likeliest = [...p.keys()].sort((a, b) => p[b]! - p[a]!).slice(0, 5);
    expect(end.top.map(({ id }) => id)).toEqual(likeliest);
    for (const { id, probability, logprob } of end.top) {
      expect(probability).toBeCloseTo(p[id]!, 8);
      expect(logprob).toBeCloseTo(Math.log(p[id]!), 4);
    }
    expect(end.entropy).toBeCloseTo(-p.reduce((sum, x) => sum + x * Math.log(x), 0), 4);

    let total = 0;
    for (const [i, { id, logprob }] of end.path.entries()) {
      const before = [...run.ids.slice(0, position + 1), ...path.slice(0, i)];
      const own = Math.log((await probabilitiesAfter(before))[id]!);
      expect(logprob).toBeCloseTo(own, 4);
      total += own;
    }
    expect(end.logprob).toBeCloseTo(total, 4);
  });

  it('answers for every node of a path that was gone, and for branches beside it', async () => {
    const path = [100, 200, 300, 400];
    const ask = (ids: number[]) => handlers.nextTokens({ run, position: 5, path: ids, topK: 3 });
    await ask(path);
    for (const ids of [path.slice(0, 2), [...path.slice(0, 2), 9], path, [100, 7], [8]]) {
      const { top, logprob } = await ask(ids);
      const fresh = await new Engine().handlers.nextTokens({
        run,
        position: 5,
        path: ids,
        topK: 3,
      });
      expect(top.map(({ id }) => id)).toEqual(fresh.top.map(({ id }) => id));
      expect(logprob).toBeCloseTo(fresh.logprob, 4);
    }
  });

  it('answers with a model that another one stood in for meanwhile', async () => {
    const other = { folder: randomCheckpoint(join(root, 'other'), tinyGpt2), threads: 1 };
    const engine = new Engine();
    const ask = (path: number[]) => engine.handlers.nextTokens({ run, position: 5, path, topK: 3 });
    const before = await ask([100, 200]);
    await engine.handlers.inspect({ model: other, text: 'Once', topK: 1, bos: false });
    expect(await ask([100, 200])).toEqual(before);
    const further = await ask([100, 200, 300]);
    const p = await probabilitiesAfter([...run.ids, 100, 200, 300]);
    expect(further.top[0]!.probability).toBeCloseTo(p[further.top[0]!.id]!, 8);
  });

  it('goes on beyond the context, whose oldest tokens drop out', async () => {
    const long = { model, ids: Array.from({ length: 64 }, (_, i) => 500 + i) };
    const path = [5, 6, 7];
    const { top } = await handlers.nextTokens({ run: long, position: 62, path, topK: 1 });
    const p = await probabilitiesAfter([...long.ids.slice(2, 63), ...path]);
    expect(top[0]!.probability).toBeCloseTo(p[top[0]!.id]!, 8);
    expect(Math.max(...p)).toBeCloseTo(top[0]!.probability, 8);
  });

  it.each([
    ['position', { position: 6, path: [] }],
    ['position', { position: -1, path: [] }],
    ['token', { position: 0, path: [50257] }],
    ['token', { position: 0, path: [1.5] }],
  ])('refuses a %s that is not there: %o', async (_, where) => {
    const answer = handlers.nextTokens({ run, ...where, topK: 1 });
    await expect(answer).rejects.toBeInstanceOf(UserError);
  });
});

describe('continue', () => {
  const from = { run, position: 3, path: [11] };

  it('gives the same tokens at once and one by one', async () => {
    const ask = { ...from, sampling: plain, seed: 4 };
    const { tokens, stop } = await handlers.continue({ ...ask, count: 6, drawn: 0 });
    expect(stop).toBe('maxTokens');
    const path = [...from.path];
    for (const [drawn, token] of tokens.entries()) {
      const one = await handlers.continue({ ...ask, path, count: 1, drawn });
      expect(one.tokens).toMatchObject([{ id: token.id, text: token.text }]);
      expect(one.tokens[0]!.logprob).toBeCloseTo(token.logprob, 5);
      path.push(token.id);
    }
  });

  it('takes the likeliest token at temperature 0', async () => {
    const { tokens } = await handlers.continue({
      ...from,
      sampling: greedy,
      seed: 0,
      drawn: 0,
      count: 3,
    });
    const path = [...run.ids.slice(0, 4), 11];
    for (const { id, logprob } of tokens) {
      const p = await probabilitiesAfter(path);
      expect(p[id]).toBe(Math.max(...p));
      expect(logprob).toBeCloseTo(Math.log(p[id]!), 4);
      path.push(id);
    }
  });

  it('can be cancelled between two tokens, and goes on from there', async () => {
    const cancellation = new AbortController();
    const onProgress = ({ message }: { message: string }) => {
      if (message === 'Token 3 of 50') cancellation.abort();
    };
    const ask = { ...from, sampling: greedy, seed: 0, drawn: 0 };
    const options = { signal: cancellation.signal, onProgress };
    const cancelled = handlers.continue({ ...ask, count: 50 }, options);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await handlers.continue({ ...ask, count: 2 })).tokens).toHaveLength(2);
  });
});

describe('beam', () => {
  it('gives sequences with their logprobs, likeliest first', async () => {
    const beams = await handlers.beam({ run, position: 5, path: [7], width: 3, length: 4 });
    expect(beams).toHaveLength(3);
    for (const { tokens, logprob, text } of beams) {
      const ids = tokens.map(({ id }) => id);
      const { path } = await handlers.nextTokens({ run, position: 5, path: [7, ...ids], topK: 1 });
      const own = path.slice(1).reduce((sum, token) => sum + token.logprob, 0);
      expect(logprob).toBeCloseTo(own, 4);
      expect(Buffer.from(tokens.flatMap(({ bytes }) => bytes)).toString()).toBe(text);
    }
    const logprobs = beams.map(({ logprob }) => logprob);
    expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
  });

  it.each([0, 65, 1.5])('refuses a width of %d', async (width) => {
    const answer = handlers.beam({ run, position: 0, path: [], width, length: 1 });
    await expect(answer).rejects.toBeInstanceOf(UserError);
  });
});

it('generate names the likeliest tokens in the place of each', async () => {
  const text = 'Once upon a time there was';
  const ask = { model, bos: false, text, maxTokens: 3, sampling: plain, seed: 2 };
  const { tokens } = await handlers.generate({ ...ask, topK: 4 });
  const ids = [...run.ids];
  for (const { id, top } of tokens) {
    const p = await probabilitiesAfter(ids);
    const likeliest = [...p.keys()].sort((a, b) => p[b]! - p[a]!).slice(0, 4);
    expect(top!.map((token) => token.id)).toEqual(likeliest);
    ids.push(id);
  }
});
