import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import type { Inspection } from '../../src/protocol/inspection';
import { UserError } from '../../src/protocol/userError';
import { readingOf } from '../../src/webview/readingOf';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

// A model with a tokenizer of its own, from its folder to what the panel is told.
const root = mkdtempSync(join(tmpdir(), 'forward-pass-tokenizer-'));
afterAll(() => rmSync(root, { recursive: true }));

const { handlers } = new Engine();

function model(family: string, vocabSize = 960) {
  const folder = randomCheckpoint(join(root, `${family}-${vocabSize}`), {
    ...tinyGpt2,
    vocab_size: vocabSize,
    bos_token_id: 1,
  });
  const { tokenizer, config } = JSON.parse(
    readFileSync(join(__dirname, `../golden/tokenizer/families/${family}.json`), 'utf8'),
  ) as Record<'tokenizer' | 'config', unknown>;
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return { folder, threads: 1 };
}

const llama = model('llama2');
const smollm = model('smollm');
const firstOf = ({ tokens: [first] }: Inspection) => first!;

describe('the beginning-of-text token', () => {
  const ask = { text: 'The quick', topK: 2 };

  it('is put in front where the model was trained with it', async () => {
    const auto = await handlers.inspect({ ...ask, model: llama, bos: 'auto' });
    expect(firstOf(auto)).toMatchObject({ id: 1, text: '<s>', bytes: [], start: 0, end: 0, special: true }); // prettier-ignore
    expect(auto.model).toMatchObject({ bosTokenId: 1, bosToken: '<s>', addsBos: true });
    expect(auto.tokens[1]).toMatchObject({ start: 0, text: ' The', bytes: [84, 104, 101] });
    const always = await handlers.inspect({ ...ask, model: llama, bos: true });
    expect(always.run).toEqual(auto.run);
    const never = await handlers.inspect({ ...ask, model: llama, bos: false });
    expect(never.run.ids).toEqual(auto.run.ids.slice(1));
  });

  it('is not where it was not', async () => {
    const auto = await handlers.inspect({ ...ask, model: smollm, bos: 'auto' });
    expect(firstOf(auto)).toMatchObject({ text: 'T', special: false });
    expect(auto.model.addsBos).toBe(false);
  });

  it('is counted and read in every other way of reading a text too', async () => {
    const { run } = await handlers.inspect({ ...ask, model: llama, bos: 'auto' });
    const reading = { model: llama, text: ask.text, bos: 'auto' as const };
    expect((await handlers.tokenize(reading)).run.ids).toEqual(run.ids);
    const whole = await handlers.tokenizeDocument(reading);
    expect(Array.from(whole.ids)).toEqual(run.ids);
    const next = await handlers.predictNext({ ...reading, topK: 1 });
    expect(next.tokens).toBe(run.ids.length);
    const sampling = { temperature: 0, topK: null, topP: 1 };
    const made = await handlers.generate({ ...reading, maxTokens: 1, sampling, seed: 0 });
    expect(made.prompt.tokens).toBe(run.ids.length);
  });

  it('alone is enough to predict from', async () => {
    const alone = await handlers.inspect({ ...ask, text: '', model: llama, bos: 'auto' });
    expect(alone.tokens).toHaveLength(1);
    const nothing = handlers.inspect({ ...ask, text: '', model: smollm, bos: 'auto' });
    await expect(nothing).rejects.toBeInstanceOf(UserError);
  });
});

describe('special tokens in a text', () => {
  const text = '<|im_start|>user\nHi<|im_end|>';
  const ask = { text, topK: 1, bos: 'auto' as const, model: smollm };

  it('are text by default', async () => {
    const result = await handlers.inspect(ask);
    expect(result.tokens.some(({ special }) => special)).toBe(false);
    expect(readingOf(result)).toEqual({ bos: false, specialTokens: undefined });
  });

  it('are tokens on demand, with their place in the text', async () => {
    const result = await handlers.inspect({ ...ask, specialTokens: 'token' });
    const special = result.tokens.filter((token) => token.special);
    expect(special.map(({ text, start, end }) => [text, start, end])).toEqual([
      ['<|im_start|>', 0, 12],
      ['<|im_end|>', 19, 29],
    ]);
    const bytes = Buffer.from(result.tokens.flatMap((token) => token.bytes));
    expect(bytes.toString()).toBe(text);
    // The first is of the text's own: nothing was put in front.
    expect(readingOf(result)).toEqual({ bos: false, specialTokens: 'token' });
    const reading = { model: smollm, text, ...readingOf(result) };
    expect((await handlers.tokenize(reading)).run.ids).toEqual(result.run.ids);
    expect(Array.from((await handlers.tokenizeDocument(reading)).ids)).toEqual(result.run.ids);
    expect((await handlers.predictNext({ ...reading, topK: 1 })).tokens).toBe(result.tokens.length);
  });
});

describe('ids', () => {
  it('without a token are named as unused, and are special', async () => {
    const vocabulary = await handlers.vocabulary({ model: llama });
    expect(vocabulary).toHaveLength(960);
    expect(vocabulary[1]).toBe('<s>');
    expect(vocabulary[959]).toBe('<unused 959>');
    const [token] = await handlers.tokensOfIds({ model: llama, ids: [959] });
    expect(token).toEqual({ id: 959, text: '<unused 959>', bytes: [], special: true });
    const [end] = await handlers.tokensOfIds({ model: llama, ids: [2] });
    expect(end).toMatchObject({ text: '</s>', special: true });
  });

  it('that the model does not have are refused', async () => {
    const small = model('llama2', 500);
    const failure = await handlers.describe({ model: small }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(
      /has a vocabulary of 500 tokens, but its tokenizer has 905, so the two do not belong together: get the model's files again\.$/,
    );
  });

  it('of a vocabulary that is not GPT-2’s need a tokenizer', async () => {
    for (const vocab_size of [960, 60_000]) {
      const folder = randomCheckpoint(join(root, `bare-${vocab_size}`), { ...tinyGpt2, vocab_size, bos_token_id: 1 }); // prettier-ignore
      const failure = await handlers
        .describe({ model: { folder, threads: 1 } })
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect((failure as UserError).message).toMatch(/put the model's own tokenizer\.json into/);
    }
  });
});
