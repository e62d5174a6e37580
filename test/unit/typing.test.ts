import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/r50k_base';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { typingWindow } from '../../src/inspection/typingWindow';
import type { NextPrediction } from '../../src/protocol/typing';
import { UserError } from '../../src/protocol/userError';
import { PlainGpt2 } from '../fixtures/plainGpt2';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const nCtx = 64;
const root = mkdtempSync(join(tmpdir(), 'forward-pass-typing-'));
afterAll(() => rmSync(root, { recursive: true }));
// Weights of this size make the distributions differ; GPT-2's own would leave them almost flat.
const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2, 1, 0.4), threads: 1 };
const ask = { model, topK: 10, bos: false };
const { handlers } = new Engine();

/** A fresh engine knows nothing of what was typed before. */
async function fresh(text: string): Promise<NextPrediction> {
  return new Engine().handlers.predictNext({ ...ask, text });
}

function expectSame(actual: NextPrediction, expected: Pick<NextPrediction, 'next' | 'entropy'>) {
  expect(actual.next.map(({ id }) => id)).toEqual(expected.next.map(({ id }) => id));
  for (const [i, { logprob }] of expected.next.entries()) {
    expect(Math.abs(actual.next[i]!.logprob - logprob)).toBeLessThan(1e-4);
  }
  expect(Math.abs(actual.entropy - expected.entropy)).toBeLessThan(1e-3);
}

describe('where the reading of a growing text begins', () => {
  it('is the beginning while the text fits, and then moves by half the room', () => {
    expect([1, 63, 64].map((length) => typingWindow(length, 64))).toEqual([0, 0, 0]);
    expect([65, 96].map((length) => typingWindow(length, 64))).toEqual([32, 32]);
    expect([97, 128, 129].map((length) => typingWindow(length, 64))).toEqual([64, 64, 96]);
  });

  it.each([1, 2, 3, 63, 64, 512])(
    'leaves from half of a room of %d tokens to all of it',
    (room) => {
      const starts = new Set<number>();
      for (let length = 1; length < 5 * room + 7; length++) {
        const start = typingWindow(length, room);
        const read = length - start;
        expect(read).toBeGreaterThanOrEqual(length <= room ? length : Math.ceil(room / 2));
        expect(read).toBeLessThanOrEqual(room);
        starts.add(start);
      }
      expect(starts.size).toBeLessThanOrEqual(4 + (4 * room + 6) / Math.max(1, room >> 1));
    },
  );
});

describe('predictNext', () => {
  it('gives what a pass gives, over the full vocabulary', async () => {
    const text = 'The quick brown fox jumps over';
    const answer = await handlers.predictNext({ ...ask, text });
    const { next, tokens } = await handlers.inspect({ ...ask, text });
    expectSame(answer, { next, entropy: answer.entropy });
    const after = await handlers.inspect({ ...ask, text: `${text} the` });
    expect(answer.entropy).toBeCloseTo(after.tokens.at(-1)!.entropy!, 4);
    expect(answer).toMatchObject({ tokens: tokens.length, computed: tokens.length, from: 0 });
    expect(answer.next[0]!.probability).toBeCloseTo(Math.exp(answer.next[0]!.logprob), 12);
  });

  it('does not depend on what was typed before', async () => {
    // Typed, corrected, pasted into the middle, undone, an emoji by halves, a word begun anew, a
    // window that moves, and back.
    const sentence = 'It was a dark and stormy night; the rain fell in torrents';
    const states: string[] = [];
    for (let i = 1; i <= sentence.length; i += 2) states.push(sentence.slice(0, i));
    states.push(sentence.slice(0, -1), sentence.slice(0, -9), `${sentence.slice(0, -9)} floods`);
    const pasted = `${sentence.slice(0, 20)} PASTED\r\n\ttext ${sentence.slice(20)}`;
    states.push(pasted, sentence, `${sentence} \ud83d`, `${sentence} \ud83d\ude80`, `${sentence} `);
    const long = ' and more of it'.repeat(12);
    for (let i = 0; i < long.length; i += 9) states.push(sentence + long.slice(0, i));
    states.push(`${sentence}!`, 'x', sentence + long);

    let computed = 0;
    for (const text of states) {
      const answer = await handlers.predictNext({ ...ask, text });
      expectSame(answer, await fresh(text));
      expect(answer.computed).toBeLessThanOrEqual(answer.tokens);
      computed += answer.computed;
    }
    // Whole passes would be more than 1,500 tokens.
    expect(computed).toBeLessThan(450);
  });

  it('reads a long text from a place that stays, as an independent pass does', async () => {
    const words = Array.from(
      { length: 200 },
      (_, i) => [' one', ' two', ' sea', ' of'][(i * i) % 4]!,
    );
    const ids = encode(words.join(''));
    const plain = new PlainGpt2(model.folder);
    for (const length of [64, 65, 96, 97, 200]) {
      const text = words.slice(0, length).join('');
      const answer = await handlers.predictNext({ ...ask, text });
      const start = length <= nCtx ? 0 : 32 * Math.ceil((length - nCtx) / 32);
      const from = words.slice(0, start).join('').length;
      expect(answer).toMatchObject({ tokens: length - start, from });

      const residual = plain.residual(ids.slice(start, length));
      const [logits] = plain.unembed([residual.at(-1)!]) as [Float64Array];
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      for (const { id, logprob } of answer.next) {
        expect(logprob).toBeCloseTo(logits[id]! - total, 3);
      }
      expect(answer.next[0]!.id).toBe(logits.indexOf(Math.max(...logits)));
    }
  });

  it('computes one token for a word that is added, and none for going back', async () => {
    const text = 'Every house on the street was';
    await handlers.predictNext({ ...ask, text });
    expect((await handlers.predictNext({ ...ask, text: `${text} dark` })).computed).toBe(1);
    expect((await handlers.predictNext({ ...ask, text })).computed).toBe(0);
    expect((await handlers.predictNext({ ...ask, text: `${text} dark` })).computed).toBe(0);
  });

  it('comes back to a text that it was asked about before the last one', async () => {
    const [first, second] = ['One text about the sea and ships', 'Another, which is about hills'];
    await handlers.predictNext({ ...ask, text: first });
    await handlers.predictNext({ ...ask, text: second });
    expect((await handlers.predictNext({ ...ask, text: `${first} too` })).computed).toBe(1);
    expect((await handlers.predictNext({ ...ask, text: `${second} too` })).computed).toBe(1);
  });

  it('puts the beginning-of-text token in front, also of nothing and of a long text', async () => {
    const bos = { ...ask, bos: true };
    expect(await handlers.predictNext({ ...bos, text: '' })).toMatchObject({ tokens: 1, from: 0 });
    const text = 'The quick brown';
    const { next } = await handlers.inspect({ ...bos, text });
    const answer = await handlers.predictNext({ ...bos, text });
    expectSame(answer, { next, entropy: answer.entropy });
    const long = await handlers.predictNext({ ...bos, text: ' word'.repeat(70) });
    // 63 have room behind it; 7 too many, so half of 63 are left out.
    expect(long).toMatchObject({ tokens: 1 + 70 - 31, from: 5 * 31 });
  });

  it('says in a sentence that there is nothing to predict from', async () => {
    const nothing = handlers.predictNext({ ...ask, text: '' });
    await expect(nothing).rejects.toThrow(UserError);
    await expect(nothing).rejects.toThrow(/Nothing stands before the cursor/);
  });

  it('goes on after a cancellation as if nothing had been', async () => {
    const text = 'Words that are typed, one by one by one';
    await handlers.predictNext({ ...ask, text });
    const cancellation = new AbortController();
    const longer = { ...ask, text: `${text}, and some more of them` };
    const cancelled = handlers.predictNext(longer, { signal: cancellation.signal });
    setImmediate(() => cancellation.abort());
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expectSame(await handlers.predictNext(longer), await fresh(longer.text));
  });
});
