import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GptConfig } from '../../src/gpt/config';
import { loadModel } from '../../src/engine/loadedModel';
import { Model } from '../../src/gpt/model';
import { UserError } from '../../src/protocol/userError';
import { withEntries, type GgufEntry } from '../fixtures/ggufFile';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-gguf-options-'));
afterAll(() => rmSync(root, { recursive: true }));
const goldens = join(import.meta.dirname, '..', 'golden', 'gguf', 'data', 'architectures');

/** What becomes of a model that llama.cpp converted when its metadata say more. */
async function load(golden: string, entries: readonly GgufEntry[]): Promise<GptConfig> {
  const path = join(root, `${golden}.gguf`);
  writeFileSync(path, withEntries(readFileSync(join(goldens, basename(path))), entries));
  const model = await Model.load(path, 1);
  await model.release();
  return model.config;
}

async function refusal(golden: string, entries: readonly GgufEntry[]): Promise<string> {
  const failure = await load(golden, entries).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  return (failure as UserError).message;
}

/** Each was compared with llama.cpp itself (llama-cpp-python 0.3.36): logits alike but for its F16. */
describe('what a GGUF file says beside its sizes', () => {
  const yarn: GgufEntry[] = [
    ['llama.rope.scaling.type', 'string', 'yarn'],
    ['llama.rope.scaling.factor', 'f32', 4],
    ['llama.rope.scaling.original_context_length', 'u32', 16],
  ];
  const frequency = (config: GptConfig, pair = 1) => config.rotary[0]!.inverseFrequencies[pair]!;

  it('scales what YaRN turns', async () => {
    const scaleOf = async (more: GgufEntry[]) =>
      (await load('llama', [...yarn, ...more])).rotary[0]!.scale;
    const paper = 0.1 * Math.log(4) + 1;
    expect(await scaleOf([])).toBeCloseTo(paper, 12);
    expect(await scaleOf([['llama.rope.scaling.attn_factor', 'f32', 0.5]])).toBeCloseTo(paper / 2, 12); // prettier-ignore
    expect(await scaleOf([['llama.rope.scaling.yarn_ext_factor', 'f32', 1]])).toBeCloseTo(paper, 12); // prettier-ignore
  });

  it.each<[GgufEntry]>([
    [['llama.rope.scaling.yarn_ext_factor', 'f32', 0]],
    [['llama.rope.scaling.yarn_attn_factor', 'f32', 2]],
    [['llama.rope.scaling.yarn_log_multiplier', 'f32', 0.7]],
  ])('is refused where it is a YaRN that the paper does not have: %j', async (entry) => {
    expect(await refusal('llama', [...yarn, entry])).toMatch(/a kind of YaRN of its own/);
  });

  it('slows positions by a factor, under its older name too, where it is not 0', async () => {
    const plain = frequency(await load('llama', []));
    const slowed = async (name: string, factor: number, golden = 'llama') =>
      frequency(await load(golden, [[name, 'f32', factor]]));
    expect(await slowed('llama.rope.scaling.factor', 2)).toBe(plain / 2);
    expect(await slowed('llama.rope.scale_linear', 2)).toBe(plain / 2);
    expect(await slowed('llama.rope.scaling.factor', 0)).toBe(plain);
    const neox = frequency(await load('gptNeoX', []));
    expect(await slowed('gptneox.rope.scaling.factor', 2, 'gptNeoX')).toBe(neox / 2);
  });

  it('slows what has a factor for each frequency once more', async () => {
    const once = await load('llama3', []);
    const twice = await load('llama3', [['llama.rope.scaling.factor', 'f32', 2]]);
    for (const pair of [0, 1, 2]) {
      expect(frequency(twice, pair)).toBeCloseTo(frequency(once, pair) / 2, 12);
    }
    expect(await refusal('llama3', yarn)).toMatch(/scales its positions by "yarn"/);
  });

  it('is refused where it scales attention without YaRN', async () => {
    const factor: GgufEntry = ['llama.rope.scaling.attn_factor', 'f32', 1.5];
    expect(await refusal('llama', [factor])).toMatch(/scales its attention without YaRN/);
  });

  it('is refused where the model looks ahead', async () => {
    expect(await refusal('llama', [['llama.attention.causal', 'bool', 0]])).toBe(
      'llama.gguf looks ahead, as models for embeddings of texts do, so it predicts no next token. ' +
        'Choose another model.',
    );
    await load('llama', [['llama.attention.causal', 'bool', 1]]);
  });

  it('names the layers of Gemma that attend to a window', async () => {
    const key = 'attention.sliding_window_pattern';
    const windows = async (golden: string, entries: GgufEntry[]) =>
      (await load(golden, entries)).attentionWindow;
    expect(await windows('gemma3', [])).toEqual([8, 8, 8, 8, 8, null, 8]);
    expect(await windows('gemma3', [[`gemma3.${key}`, 'u32', 3]])).toEqual([8, 8, null, 8, 8, null, 8]); // prettier-ignore
    expect(await windows('gemma3', [[`gemma3.${key}`, 'bools', [1, 0, 1, 1, 0, 0, 1]]])).toEqual([8, null, 8, 8, null, null, 8]); // prettier-ignore
    expect(await windows('gemma2', [])).toEqual([8, null]);
    expect(await windows('gemma2', [[`gemma2.${key}`, 'bools', [0, 1]]])).toEqual([null, 8]);
    expect(await refusal('gemma3', [[`gemma3.${key}`, 'bools', [1]]])).toMatch(
      /has 7 layers, but says of 1 whether/,
    );
  });

  it.each([
    ['the architecture does not know', 'llama', 'blk.1.attn_output', 'blk.1.attn_nothing', /"blk\.1\.attn_nothin.*does not know: it would be left out/], // prettier-ignore
    ['the model has no layer for', 'llamaHeads', 'blk.0.attn_q.bias', 'blk.9.attn_q.bias', /holds "model\.layers\.\d\.self_attn\.\w_proj\.bias", which this family/], // prettier-ignore
  ])('is refused where it has a tensor that %s', async (_, golden, name, other, message) => {
    const file = readFileSync(join(goldens, `${golden}.gguf`));
    file.write(other.slice(0, name.length), file.indexOf(name));
    const path = join(root, 'unknown.gguf');
    writeFileSync(path, file);
    const failure = await Model.load(path, 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
  });
});

it('ends a text where a turn or a message ends, too', async () => {
  const path = join(root, 'ends.gguf');
  const entries: GgufEntry[] = [
    ['tokenizer.ggml.eot_token_id', 'u32', 7],
    ['tokenizer.ggml.eom_token_id', 'u32', 9],
  ];
  writeFileSync(path, withEntries(readFileSync(join(goldens, 'llama.gguf')), entries));
  const { endIds, model, tokenizer } = await loadModel({ folder: path, threads: 1 }, {});
  await model.release();
  expect(new Set(endIds)).toEqual(new Set([tokenizer.endOfTextId, 7, 9]));
});
