import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import type { ParameterCounts } from '../../src/protocol/modelPage';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-config-'));
afterAll(() => rmSync(root, { recursive: true }));
const { handlers } = new Engine();

const config = { ...tinyGpt2, n_head: 2, n_embd: 8, n_inner: 20, vocab_size: 11, n_positions: 5 };
const counted = ({ parametersByComponent }: ParameterCounts) =>
  Object.fromEntries(
    parametersByComponent.map(({ component, parameters }) => [component, parameters]),
  );

describe('parameters by component', () => {
  it('are those that the papers and the released weights have', async () => {
    const { parameters, parametersByComponent, untied } = await handlers.describeConfig({
      known: 'gpt2',
    });
    // The released file of GPT-2 small; every part by hand from 12 layers, width 768.
    expect(parameters).toBe(124_439_808);
    const square = 12 * (768 * 768 + 768);
    expect(parametersByComponent).toEqual([
      { component: 'embedding', parameters: 38_597_376 },
      { component: 'position embedding', parameters: 786_432 },
      { component: 'Q', parameters: square },
      { component: 'K', parameters: square },
      { component: 'V', parameters: square },
      { component: 'attention output', parameters: square },
      { component: 'MLP up', parameters: 12 * (768 * 3072 + 3072) },
      { component: 'MLP down', parameters: 12 * (3072 * 768 + 768) },
      { component: 'norms', parameters: 25 * 2 * 768 },
    ]);
    expect(untied!.parameters - parameters).toBe(38_597_376);
  });

  it.each([
    ['gpt2-medium', 354_823_168],
    ['gpt2-large', 774_030_080],
    ['gpt2-xl', 1_557_611_200],
    ['pythia-70m', 70_426_624],
    ['pythia-160m', 162_322_944],
    ['pythia-410m', 405_334_016],
    ['opt-125m', 125_239_296],
    ['smollm2-135m', 134_515_008],
    ['smollm2-360m', 361_821_120],
    ['qwen3-0.6b', 596_049_920],
    ['tinyllama-1.1b', 1_100_048_384],
    ['llama-3.2-1b', 1_235_814_400],
    ['gemma-2-2b', 2_614_341_888],
    ['phi-2', 2_779_683_840],
    ['mistral-7b', 7_241_732_096],
  ])('of %s sum up to %i', async (known, expected) => {
    expect((await handlers.describeConfig({ known })).parameters).toBe(expected);
  });

  it('of GPT-3 divide as its table says', async () => {
    const gpt3 = await handlers.describeConfig({ known: 'gpt3' });
    expect(gpt3.parameters / 1e9).toBeCloseTo(174.6, 1);
    expect(counted(gpt3)).toMatchObject({ embedding: 617_558_016 });
    expect(counted(gpt3)).not.toHaveProperty('unembedding');
    expect(counted(gpt3.untied!)).toMatchObject({ unembedding: 617_558_016 });
    expect(gpt3.untied!.parameters).toBe(gpt3.parameters + 617_558_016);
  });

  it('count biases where they belong, and all of them', async () => {
    const text = JSON.stringify({ ...config, tie_word_embeddings: false });
    const model = await handlers.describeConfig({ text });
    expect(model).toMatchObject({ tied: false, untied: null, nInner: 20, activation: 'geluTanh' });
    expect(counted(model)).toEqual({
      embedding: 88,
      'position embedding': 40,
      Q: 3 * 72,
      K: 3 * 72,
      V: 3 * 72,
      'attention output': 3 * 72,
      'MLP up': 3 * 180,
      'MLP down': 3 * 168,
      norms: 7 * 16,
      unembedding: 88,
    });
    const sum = Object.values(counted(model)).reduce((total, size) => total + size);
    expect(sum).toBe(model.parameters);
  });
});

describe('a configuration', () => {
  it('is found in a file of any name and in a folder, and named after it', async () => {
    const folder = join(root, 'my-model');
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(root, 'other.json'), JSON.stringify({ ...config, n_layer: 1 }));
    const inFolder = await handlers.describeConfig({ path: folder });
    expect(inFolder).toMatchObject({ name: 'my-model', nLayer: 3 });
    expect(await handlers.describeConfig({ path: join(folder, 'config.json') })).toEqual(inFolder);
    const file = await handlers.describeConfig({ path: join(root, 'other.json') });
    expect(file).toMatchObject({ name: 'other.json', nLayer: 1 });
  });

  it('agrees with the model whose it is', async () => {
    const folder = randomCheckpoint(join(root, 'tiny'), tinyGpt2);
    const loaded = await handlers.describe({ model: { folder, threads: 1 } });
    const {
      dtype,
      bytes,
      nCtxTrained,
      tokenizer,
      bosTokenId,
      bosToken,
      fidelity,
      addsBos,
      folder: where,
      ...shape
    } = loaded;
    expect(shape).toEqual(await handlers.describeConfig({ path: folder }));
    expect(nCtxTrained).toBe(shape.nCtx);
    expect(fidelity).toMatchObject({ dtype: 'F32', reference: 'transformers 5.23.0' });
    expect({ dtype, tokenizer, bosTokenId, bosToken, addsBos, where }).toEqual({
      bosToken: '<|endoftext|>',
      addsBos: false,
      dtype: 'F32',
      tokenizer: 'r50k_base',
      bosTokenId: 50256,
      where: folder,
    });
    expect(bytes).toBeGreaterThan(4 * loaded.parameters);
  });

  const text = (change: object) => ({ text: JSON.stringify({ ...config, ...change }) });
  it.each<[string, Parameters<typeof handlers.describeConfig>[0], RegExp]>([
    ['an empty text', { text: '' }, /^The text is not valid JSON\./],
    ['a number', { text: '7' }, /must hold an object/],
    ['an empty object', { text: '{}' }, /"model_type" must be a text, but it is missing/],
    ['another family', text({ model_type: 'mamba' }), /family "mamba" is not supported/],
    ['layers without end', text({ n_layer: 1e12 }), /"n_layer" must be at most 10000/],
    ['a width without end', text({ n_embd: 2 ** 31 }), /"n_embd" must be at most/],
    [
      'sizes beyond counting',
      text({ n_embd: 2 ** 30, vocab_size: 2 ** 30 }),
      /more parameters than can be counted/,
    ],
    ['a name that nobody knows', { known: 'gpt5' }, /There are: .*gpt2, .*gpt2-medium/],
    ['a file that is not there', { path: join(root, 'no.json') }, /There is no file .*no\.json/],
    ['a folder without one', { path: root }, /is not a model folder: there is no config\.json/],
  ])('that is %s is refused in a sentence', async (_, place, message) => {
    const failure = await handlers.describeConfig(place).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).not.toContain('\n');
  });

  it('that is really a file of weights is not read', async () => {
    const path = join(root, 'model.safetensors');
    writeFileSync(path, '');
    truncateSync(path, 500 * 2 ** 20);
    await expect(handlers.describeConfig({ path })).rejects.toThrow(/too large .* \(500 MB\)/);
  });
});

it('known models say where their numbers come from, smallest first', async () => {
  const known = await handlers.knownModels({});
  const sizes: number[] = [];
  for (const { id, source } of known) {
    expect(source).toMatch(/(et al\.|and \w+) 20\d\d, "/);
    sizes.push((await handlers.describeConfig({ known: id })).parameters);
  }
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(known.map(({ id }) => id)).toContain('gpt3');
});

describe('what a family adds', () => {
  it('is told by names of its own', async () => {
    const llama = await handlers.describeConfig({ known: 'llama-3.2-1b' });
    expect(llama).toMatchObject({ nHead: 32, nKvHead: 8, dHead: 64, gatedMlp: true, norm: 'rmsNorm', positions: 'rotary' }); // prettier-ignore
    const layers = Array.from({ length: 16 }, (_, layer) => layer);
    expect(llama.rotary).toEqual([{ layers, base: 500_000, features: 64, pairs: 'halves', scaling: 'llama3' }]); // prettier-ignore
    expect(counted(llama)['MLP gate']).toBe(16 * 2048 * 8192);
    expect(counted(llama).K).toBe(16 * 2048 * 8 * 64);
    const qwen = await handlers.describeConfig({ known: 'qwen3-0.6b' });
    expect(qwen).toMatchObject({ nEmbd: 1024, nHead: 16, dHead: 128, queryKeyNorms: true });
    const gemma = await handlers.describeConfig({ known: 'gemma-2-2b' });
    expect(gemma).toMatchObject({ scoreCap: 50, logitCap: 30, embeddingScale: 48, outputNorms: true }); // prettier-ignore
    expect(gemma.attentionWindow.slice(0, 4)).toEqual([4096, null, 4096, null]);
    const pythia = await handlers.describeConfig({ known: 'pythia-70m' });
    expect(pythia).toMatchObject({ parallelResidual: true, gatedMlp: false, norm: 'layerNorm', tied: false }); // prettier-ignore
    expect(pythia.rotary[0]).toMatchObject({ features: 16, base: 10_000, scaling: null });
    const gpt2 = await handlers.describeConfig({ known: 'gpt2' });
    expect(gpt2).toMatchObject({ positions: 'learned', rotary: [], dHead: 64, nKvHead: 12 });
  });
});
