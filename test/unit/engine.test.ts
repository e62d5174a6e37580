import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attentionAt } from '../../src/gpt/probes/attentionAt';
import { softmax } from '../../src/gpt/softmax';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-engine-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
const { handlers } = new Engine();
const ask = { model, topK: 5, bos: false };

describe('inspect', () => {
  it('gives probabilities of the full vocabulary', async () => {
    const { run, next, tokens } = await handlers.inspect({ ...ask, text: 'The quick brown fox' });
    for (const { index, top } of tokens) {
      const logits = await handlers.logits({ run, position: index });
      const probabilities = softmax(logits);
      expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 9);
      for (const { id, logprob } of top)
        expect(Math.exp(logprob)).toBeCloseTo(probabilities[id]!, 6);
    }
    expect(next.map(({ id }) => id)).toEqual(tokens.at(-1)!.top.map(({ id }) => id));
    expect(next[0]!.probability).toBeCloseTo(Math.exp(next[0]!.logprob), 12);
  });

  it('expects each token from the position before it', async () => {
    const { run, tokens } = await handlers.inspect({ ...ask, text: 'one two three' });
    expect(tokens[0]).toMatchObject({ logprob: null, rank: null, entropy: null });
    for (const { index, id, logprob, rank, entropy } of tokens.slice(1)) {
      const p = softmax(await handlers.logits({ run, position: index - 1 }));
      expect(logprob).toBeCloseTo(Math.log(p[id]!), 4);
      expect(rank).toBe(1 + p.filter((other) => other > p[id]!).length);
      expect(entropy).toBeCloseTo(-p.reduce((sum, x) => sum + x * Math.log(x), 0), 4);
    }
  });

  it('sums up what it found', async () => {
    const { tokens, totals } = await handlers.inspect({ ...ask, text: 'naïve café' });
    const nats = tokens.slice(1).reduce((sum, { logprob }) => sum - logprob!, 0);
    const bytes = tokens.slice(1).reduce((sum, token) => sum + token.bytes.length, 0);
    expect(totals).toEqual({
      tokens: tokens.length,
      nats,
      bitsPerByte: nats / Math.log(2) / bytes,
      perplexity: Math.exp(nats / (tokens.length - 1)),
    });
  });

  it('keeps the tail of a text that is longer than the context', async () => {
    const text = 'word '.repeat(100).trimEnd();
    const { tokens, truncated } = await handlers.inspect({ ...ask, text });
    expect(tokens).toHaveLength(64);
    expect(truncated).toEqual({ tokens: 36, characters: tokens[0]!.start });
    expect(tokens.at(-1)!.end).toBe(text.length);
    expect(text.slice(tokens[0]!.start, tokens[0]!.end)).toBe(' word');
  });

  it('gives the first token an expectation behind a beginning-of-text token', async () => {
    const { tokens, truncated } = await handlers.inspect({
      ...ask,
      bos: true,
      text: 'word '.repeat(100).trimEnd(),
    });
    expect(tokens[0]).toMatchObject({ id: 50256, special: true, start: 0, end: 0, logprob: null });
    expect(tokens[1]!.logprob).not.toBeNull();
    expect(tokens).toHaveLength(64);
    expect(truncated!.tokens).toBe(37);
  });

  it.each([
    ['white space', ' \t\r\n\n  '],
    ['control characters', '\u0000\u0001\u0002\u007f\ufffd'],
    ['a lone surrogate', 'a\ud800b'],
    ['one character', 'x'],
  ])('takes %s', async (_, text) => {
    const { tokens, totals } = await handlers.inspect({ ...ask, text });
    expect(Buffer.from(tokens.flatMap(({ bytes }) => bytes))).toEqual(Buffer.from(text, 'utf8'));
    if (tokens.length === 1) expect(totals).toMatchObject({ bitsPerByte: null, perplexity: null });
  });

  it('asks for text where there is none', async () => {
    await expect(handlers.inspect({ ...ask, text: '' })).rejects.toBeInstanceOf(UserError);
    const alone = await handlers.inspect({ ...ask, text: '', bos: true });
    expect(alone.tokens).toHaveLength(1);
  });

  it('takes more top tokens than there are in the vocabulary as all of them', async () => {
    const { next } = await handlers.inspect({ ...ask, text: 'a', topK: 1_000_000 });
    expect(next).toHaveLength(50257);
    expect(next.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  });
});

describe('inspectDocument', () => {
  const text = Array.from({ length: 150 }, (_, i) => `word${i * i}`).join(' ');

  it('agrees with one pass on a text that fits', async () => {
    const short = text.slice(0, 100);
    const whole = await handlers.inspectDocument({ ...ask, text: short, stride: 7 });
    const { run, timing, ...onePass } = await handlers.inspect({ ...ask, text: short });
    expect(run.ids.length).toBeLessThan(64);
    expect({ ...whole, timing }).toEqual({ ...onePass, timing });
  });

  it.each([1, 20, 64])('expects each token from its window, stride %d', async (stride) => {
    const { tokens, truncated } = await handlers.inspectDocument({ ...ask, text, stride });
    expect(truncated).toBeNull();
    expect(text.slice(tokens.at(-1)!.start)).toBe(tokens.at(-1)!.text);
    for (const index of [1, 63, 64, 65, 83, 84, 85, 128, 129, tokens.length - 1]) {
      // The window in which the prediction after token `index - 1` is first made.
      const windows = Math.max(0, Math.ceil((index - 64) / stride));
      const start = windows * stride;
      const ids = tokens.slice(start, index).map(({ id }) => id);
      const logits = await handlers.logits({ run: { model, ids }, position: ids.length - 1 });
      const expected = Math.log(softmax(logits)[tokens[index]!.id]!);
      expect(tokens[index]!.logprob).toBeCloseTo(expected, 4);
    }
    const { next } = await handlers.inspectDocument({ ...ask, text, stride });
    expect(next).toHaveLength(5);
  });

  it.each([0, 65, 1.5])('refuses a stride of %d', async (stride) => {
    const failure = handlers.inspectDocument({ ...ask, text, stride });
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });
});

describe('a pass', () => {
  it('stops between two blocks when it is cancelled, and the next one works', async () => {
    const cancellation = new AbortController();
    const seen: string[] = [];
    const onProgress = ({ message }: { message: string }) => {
      seen.push(message);
      if (message === 'Block 2 of 3') cancellation.abort();
    };
    const options = { signal: cancellation.signal, onProgress };
    const cancelled = handlers.inspect({ ...ask, text: 'never seen before' }, options);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.at(-1)).toBe('Block 2 of 3');
    await handlers.inspect({ ...ask, text: 'never seen before' });
  });

  it('is not computed again while it is remembered', async () => {
    const { run } = await handlers.inspect({ ...ask, text: 'remember me' });
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }) => stages.push(stage);
    await handlers.attention({ run, layer: 0, head: 0 }, { onProgress });
    expect(stages).toEqual([]);
  });

  it('is computed again by an engine that never saw it', async () => {
    const { run } = await handlers.inspect({ ...ask, text: 'one two three' });
    const here = await handlers.attention({ run, layer: 2, head: 1 });
    const elsewhere = await new Engine().handlers.attention({ run, layer: 2, head: 1 });
    expect(elsewhere).toEqual(here);
  });
});

describe('attention', () => {
  it('sums to one for each query and never looks ahead', async () => {
    const { run, tokens } = await handlers.inspect({ ...ask, text: 'one two three four five' });
    const n = tokens.length;
    const all = await handlers.attention({ run, layer: 1, head: null });
    expect(all).toMatchObject({ layer: 1, heads: [0, 1], tokens: n });
    for (let row = 0; row < 2 * n; row++) {
      const weights = all.pattern.subarray(row * n, (row + 1) * n);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      expect(weights.subarray((row % n) + 1).every((weight) => weight === 0)).toBe(true);
    }
    const one = await handlers.attention({ run, layer: 1, head: 1 });
    expect(one.pattern).toEqual(all.pattern.subarray(n * n));
  });

  const text = 'one two three one two';

  it('of all heads together is their mean, or the largest of them', async () => {
    const { run } = await handlers.inspect({ ...ask, text });
    const { pattern } = await handlers.attention({ run, layer: 1, head: null });
    const mean = await handlers.attention({ run, layer: 1, head: 'mean' });
    const most = await handlers.attention({ run, layer: 1, head: 'max' });
    expect(mean).toMatchObject({ layer: 1, heads: [0, 1], tokens: 5 });
    for (let i = 0; i < 25; i++) {
      const pair = [pattern[i]!, pattern[25 + i]!] as const;
      expect(mean.pattern[i]).toBeCloseTo((pair[0] + pair[1]) / 2, 6);
      expect(most.pattern[i]).toBe(Math.max(...pair));
    }
  });

  it('rolls out as the product of the layers’ halved means', async () => {
    const { run } = await handlers.inspect({ ...ask, text });
    let expected = Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 5 }, (_, j) => Number(i === j)),
    );
    for (const layer of [0, 1, 2]) {
      const { pattern } = await handlers.attention({ run, layer, head: null });
      expected = expected.map((_, i) => {
        const mixed = Array.from(
          { length: 5 },
          (_, j) => (pattern[i * 5 + j]! + pattern[25 + i * 5 + j]!) / 4 + (i === j ? 0.5 : 0),
        );
        return mixed.map((_, k) => mixed.reduce((sum, x, j) => sum + x * expected[j]![k]!, 0));
      });
      const rollout = await handlers.attention({ run, layer, head: 'rollout' });
      for (const [i, value] of expected.flat().entries()) {
        expect(rollout.pattern[i]).toBeCloseTo(value, 6);
      }
    }
    // From a layer before the last that was asked for, too.
    const { pattern } = await handlers.attention({ run, layer: 0, head: 'rollout' });
    const first = await handlers.attention({ run, layer: 0, head: 'mean' });
    expect(pattern[21]).toBeCloseTo(first.pattern[21]! / 2, 6);
    const weighted = handlers.attention({ run, layer: 0, head: 'rollout', weighted: true });
    await expect(weighted).rejects.toBeInstanceOf(UserError);
  });

  it('is weighted by the norm of what it moves', async () => {
    const { run } = await handlers.inspect({ ...ask, text });
    const { pattern } = await handlers.attention({ run, layer: 2, head: null });
    const weighted = await handlers.attention({ run, layer: 2, head: null, weighted: true });
    const loaded = await Model.load(model.folder, 1);
    const residual = await forwardPass(loaded, run.ids);
    for (const head of [0, 1]) {
      // A text of one token: what a head writes is its value.
      const { headOut } = await attentionAt(loaded, 2, residual[2]!, 0);
      const norm = Math.hypot(...headOut.subarray(head * 8, (head + 1) * 8));
      for (const query of [0, 3, 4]) {
        const at = (head * 5 + query) * 5;
        expect(weighted.pattern[at]! / (pattern[at]! * norm)).toBeCloseTo(1, 4);
      }
      const one = await handlers.attention({ run, layer: 2, head, weighted: true });
      expect(one.pattern).toEqual(weighted.pattern.subarray(head * 25, (head + 1) * 25));
    }
    await loaded.release();
    const mean = await handlers.attention({ run, layer: 2, head: 'mean', weighted: true });
    expect(mean.pattern[7]).toBeCloseTo((weighted.pattern[7]! + weighted.pattern[32]!) / 2, 6);
  });

  it('of all heads at a glance', async () => {
    const { run } = await handlers.inspect({ ...ask, text });
    const { pattern } = await handlers.attention({ run, layer: 1, head: 1 });
    const { scores, thumbnails, ...rest } = await handlers.headSummary({ run, layer: 1, size: 64 });
    expect(rest).toEqual({ layer: 1, size: 5, peaks: Float32Array.of(1, 1) });
    expect(scores).toHaveLength(2);
    // " one" at 3 is another token than "one" at 0; " two" at 4 has come before, at 1.
    expect(scores[1]!.sameToken).toBe(pattern[4 * 5 + 1]);
    expect(scores[1]!.induction).toBe(pattern[4 * 5 + 2]);
    expect([...thumbnails.subarray(25)]).toEqual(
      Array.from(pattern, (weight) => Math.round(255 * Math.sqrt(weight))),
    );
    const weighted = { run, layer: 1, size: 3, hideFirst: true, weighted: true };
    const other = await handlers.headSummary(weighted);
    expect(other.scores).toEqual(scores);
    expect(other.thumbnails).toHaveLength(2 * 9);
    expect(other.peaks[0]).toBeLessThan(1);
    for (const wrong of [{ layer: 3 }, { size: 0 }, { size: 65 }, { size: 1.5 }]) {
      const failure = handlers.headSummary({ run, layer: 1, size: 64, ...wrong });
      await expect(failure).rejects.toBeInstanceOf(UserError);
    }
  });

  it('of many heads stops when it is cancelled', async () => {
    const { run } = await handlers.inspect({ ...ask, text });
    const cancellation = new AbortController();
    const options = {
      signal: cancellation.signal,
      onProgress: () => cancellation.abort(),
    };
    const cancelled = handlers.attention({ run, layer: 2, head: 'rollout' }, options);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([
    [-1, 0],
    [3, 0],
    [0, 2],
    [0.5, 0],
  ])('of layer %d, head %d is refused', async (layer, head) => {
    const { run } = await handlers.inspect({ ...ask, text: 'one' });
    await expect(handlers.attention({ run, layer, head })).rejects.toBeInstanceOf(UserError);
  });
});

describe('generate', () => {
  const sampling = { temperature: 1, topK: null, topP: 1 };
  const base = { model, bos: false, text: 'Once upon a time', maxTokens: 8, seed: 7, sampling };

  it('draws the same tokens from the same seed, and others from another', async () => {
    const first = await handlers.generate(base);
    const again = await handlers.generate(base);
    const other = await handlers.generate({ ...base, seed: 8 });
    expect(again.tokens).toEqual(first.tokens);
    expect(other.tokens).not.toEqual(first.tokens);
    expect(first.tokens).toHaveLength(8);
  });

  it('takes the likeliest token at temperature 0', async () => {
    const greedy = { ...base, sampling: { ...sampling, temperature: 0 }, maxTokens: 3 };
    const { tokens } = await handlers.generate(greedy);
    const { next } = await handlers.inspect({ ...ask, text: base.text });
    expect(tokens[0]!.id).toBe(next[0]!.id);
    expect(tokens[0]!.logprob).toBeCloseTo(next[0]!.logprob, 5);
  });

  it('goes on when the context is full', async () => {
    const { tokens } = await handlers.generate({ ...base, text: 'word '.repeat(63), maxTokens: 5 });
    expect(tokens).toHaveLength(5);
  });

  it('stops at any of the tokens that generation_config.json ends a text with', async () => {
    const greedy = { ...base, sampling: { ...sampling, temperature: 0 }, maxTokens: 4 };
    const { tokens } = await handlers.generate(greedy);
    const third = tokens[2]!.id;
    const folder = randomCheckpoint(join(root, 'ends'), tinyGpt2);
    writeFileSync(
      join(folder, 'generation_config.json'),
      JSON.stringify({ eos_token_id: ['no id', 50256, third] }),
    );
    const ended = await handlers.generate({ ...greedy, model: { ...model, folder } });
    const length = tokens.findIndex(({ id }) => id === third) + 1;
    expect(ended.tokens.map(({ id }) => id)).toEqual(tokens.slice(0, length).map(({ id }) => id));
    expect(ended.stop).toBe('endOfText');
  });
});

describe('tokenize', () => {
  it('reads a text as an inspection does, without a pass', async () => {
    const text = 'naïve café '.repeat(40);
    const params = { model, text, bos: true };
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }) => stages.push(stage);
    const { run, tokens, truncated } = await handlers.tokenize(params, { onProgress });
    expect(stages).not.toContain('forward');
    const inspected = await handlers.inspect({ ...params, topK: 1 });
    expect(run).toEqual(inspected.run);
    expect(truncated).toEqual(inspected.truncated);
    expect(truncated!.tokens).toBeGreaterThan(0);
    expect(tokens.map(({ start, end }) => [start, end])).toEqual(
      inspected.tokens.map(({ start, end }) => [start, end]),
    );
  });

  it('needs a text', async () => {
    const failure = handlers.tokenize({ model, text: '', bos: false });
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });
});

it('vocabulary names every token', async () => {
  const vocabulary = await handlers.vocabulary({ model });
  expect(vocabulary).toHaveLength(50257);
  expect(vocabulary[464]).toBe('The');
  expect(vocabulary[50256]).toBe('<|endoftext|>');
});
