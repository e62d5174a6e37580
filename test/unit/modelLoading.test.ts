import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, safetensorsHeader, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-models-'));
afterAll(() => rmSync(root, { recursive: true }));
const good = { folder: randomCheckpoint(join(root, 'good'), tinyGpt2), threads: 1 };
const bad = { folder: join(root, 'bad'), threads: 1 };

function changeConfig(change: object) {
  writeFileSync(join(bad.folder, 'config.json'), JSON.stringify({ ...tinyGpt2, ...change }));
}

function readHeader(): Record<string, { dtype: string; shape: number[] }> {
  const file = readFileSync(join(bad.folder, 'model.safetensors'));
  return JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE()))) as never;
}

function changeHeader(change: (header: ReturnType<typeof readHeader>) => void) {
  const path = join(bad.folder, 'model.safetensors');
  const file = readFileSync(path);
  const header = readHeader();
  change(header);
  const data = file.subarray(8 + Number(file.readBigUInt64LE()));
  writeFileSync(path, Buffer.concat([safetensorsHeader(header), data]));
}

describe('a model folder', () => {
  beforeEach(() => {
    rmSync(bad.folder, { recursive: true, force: true });
    cpSync(good.folder, bad.folder, { recursive: true });
  });

  it.each<[string, () => void, RegExp]>([
    ['that is not there', () => rmSync(bad.folder, { recursive: true }), /no config\.json/],
    ['without config.json', () => rmSync(join(bad.folder, 'config.json')), /no config\.json/],
    [
      'whose config.json is broken',
      () => writeFileSync(join(bad.folder, 'config.json'), '{"n_layer": '),
      /not valid JSON/,
    ],
    [
      'whose config.json is a list',
      () => writeFileSync(join(bad.folder, 'config.json'), '[]'),
      /must hold an object/,
    ],
    ['of a family that is not supported', () => changeConfig({ model_type: 'bert' }), /"bert"/],
    ['without a layer count', () => changeConfig({ n_layer: undefined }), /"n_layer" .* missing/],
    ['with a text for a size', () => changeConfig({ n_embd: '8' }), /"n_embd" .* is "8"/],
    [
      'whose heads do not divide its width',
      () => changeConfig({ n_head: 3 }),
      /multiple of n_head/,
    ],
    [
      'with an unknown activation',
      () => changeConfig({ activation_function: 'quick_gelu' }),
      /"quick_gelu" is not supported/,
    ],
    ['without weights', () => rmSync(join(bad.folder, 'model.safetensors')), /no model\.safetens/],
    [
      'with an empty index of several files',
      () => {
        rmSync(join(bad.folder, 'model.safetensors'));
        writeFileSync(join(bad.folder, 'model.safetensors.index.json'), '{}');
      },
      /has no "weight_map"/,
    ],
    [
      'whose weights were cut off',
      () => truncateSync(join(bad.folder, 'model.safetensors'), 1_000_000),
      /incomplete/,
    ],
    [
      'whose weights are a symbolic link to themselves',
      () => {
        rmSync(join(bad.folder, 'model.safetensors'));
        symlinkSync('model.safetensors', join(bad.folder, 'model.safetensors'));
      },
      /symbolic link that leads back to itself/,
    ],
    [
      'that is a symbolic link to itself',
      () => {
        rmSync(bad.folder, { recursive: true });
        symlinkSync('bad', bad.folder);
      },
      /symbolic link that leads back to itself/,
    ],
    [
      'whose weights are a folder',
      () => {
        rmSync(join(bad.folder, 'model.safetensors'));
        mkdirSync(join(bad.folder, 'model.safetensors'));
      },
      /not a file/,
    ],
    ...(
      [
        [
          'pytorch_model.bin',
          /pickled.*M\.from_pretrained\('.*bad'\)\.save_pretrained\('.*bad'\)"\.$/,
        ],
        ['ckpt.pt', /pickled.*torch\.load\('.*bad.ckpt\.pt'.*save_file.*bad.config\.json/],
        ['tf_model.h5', /TensorFlow.*from_tf=True/],
        ['flax_model.msgpack', /Flax.*from_flax=True/],
        ['model.onnx', /finished graph.*Choose the checkpoint/],
      ] as const
    ).map(([name, message]): [string, () => void, RegExp] => [
      `with ${name} alone`,
      () => {
        rmSync(join(bad.folder, 'model.safetensors'));
        writeFileSync(join(bad.folder, name), '');
      },
      message,
    ]),
    ['with more layers than weights', () => changeConfig({ n_layer: 4 }), /lack the tensor "h\.3/],
    ['with other widths than its weights', () => changeConfig({ n_embd: 16 }), /has the shape/],
    [
      'with a weight of another rank',
      () => changeHeader((header) => (header['ln_f.weight']!.shape = [8, 1])),
      /"ln_f\.weight" has the shape \[8, 1\]/,
    ],
    [
      'with whole numbers for weights',
      () => changeHeader((header) => (header['ln_f.weight']!.dtype = 'I32')),
      /stored as I32/,
    ],
    [
      'whose weights are not those that were recorded',
      () =>
        writeFileSync(join(bad.folder, 'model.sha256'), `${'0'.repeat(64)}  model.safetensors\n`),
      /not the file whose SHA-256/,
    ],
    [
      'with a vocabulary but no merges',
      () => writeFileSync(join(bad.folder, 'vocab.json'), '{"a": 0, "b": 1}'),
      /has a vocab.json but no merges.txt/,
    ],
    [
      'with a tokenizer of more tokens than the model has',
      () =>
        writeFileSync(
          join(bad.folder, 'tokenizer.json'),
          '{"model": {"type": "BPE", "vocab": {"a": 60000}, "merges": []}}',
        ),
      /its tokenizer has 60001, so the two do not belong together/,
    ],
    [
      'with a tokenizer of another kind',
      () => writeFileSync(join(bad.folder, 'tokenizer.json'), '{"model": {"type": "Unigram"}}'),
      /is of the kind Unigram, but only byte-pair encoding/,
    ],
  ])('%s is refused in one sentence, and the previous model goes on', async (_, spoil, message) => {
    const { handlers } = new Engine();
    const params = { text: 'one two three', topK: 1, bos: false };
    const before = await handlers.inspect({ ...params, model: good });
    spoil();
    const failure = await handlers
      .inspect({ ...params, model: bad })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).not.toContain('\n');
    const stages: string[] = [];
    const after = await handlers.inspect(
      { ...params, model: good },
      { onProgress: ({ stage }) => stages.push(stage) },
    );
    expect(after.next).toEqual(before.next);
    expect(stages).not.toContain('loading');
  });

  it('that is good is described', async () => {
    const description = await new Engine().handlers.describe({ model: good });
    expect(description).toMatchObject({ name: 'good', tokenizer: 'r50k_base', tied: true });
    expect(description.parameters).toBe(50257 * 8 + 64 * 8 + 3 * (12 * 8 * 8 + 13 * 8) + 2 * 8);
  });

  it('whose weights are those that were recorded is taken', async () => {
    const weights = readFileSync(join(bad.folder, 'model.safetensors'));
    const hash = createHash('sha256').update(weights).digest('hex');
    writeFileSync(join(bad.folder, 'model.sha256'), `${hash}  model.safetensors\n`);
    await new Engine().handlers.describe({ model: bad });
  });

  it.each<[string, (path: string) => void]>([
    ['replaced', (path) => writeFileSync(path, readFileSync(path))],
    ['cut off', (path) => truncateSync(path, 5000)],
    ['taken away', (path) => rmSync(path)],
  ])('whose weights are %s while they are loaded is refused', async (_, spoil) => {
    const { handlers } = new Engine();
    let spoiled = false;
    const onProgress = () => {
      if (!spoiled) spoil(join(bad.folder, 'model.safetensors'));
      spoiled = true;
    };
    const failure = await handlers
      .describe({ model: bad }, { onProgress })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toBe(
      'model.safetensors was replaced while it was being opened. Open the model again.',
    );
  });

  it.each<[string, string, RegExp]>([
    ['config.json', '{}', /is one file of a model\. Choose its folder/],
    ['notes.txt', 'a b c', /is not a model\. Choose a folder with config\.json/],
    ['model.gguf', 'no', /model\.gguf is not a GGUF file that can be read/],
  ])('is not what the file %s is', async (name, content, message) => {
    writeFileSync(join(bad.folder, name), content);
    const failure = new Engine().handlers.describe({
      model: { folder: join(bad.folder, name), threads: 1 },
    });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });

  it('is not a folder with several GGUF files', async () => {
    const folder = join(root, 'ggufs');
    mkdirSync(folder);
    for (const name of ['b.gguf', 'a.gguf']) writeFileSync(join(folder, name), '');
    await expect(new Engine().handlers.describe({ model: { folder, threads: 1 } })).rejects.toThrow(
      /holds 2 GGUF files\. Choose one of them: a\.gguf, b\.gguf\./,
    );
  });

  it('that training overwrites is loaded anew', async () => {
    const { handlers } = new Engine();
    const params = { model: bad, text: 'one two three', topK: 1, bos: false };
    const before = await handlers.inspect(params);
    rmSync(bad.folder, { recursive: true });
    randomCheckpoint(bad.folder, tinyGpt2, 2);
    const after = await handlers.inspect(params);
    expect(after.next).not.toEqual(before.next);
  });
});
