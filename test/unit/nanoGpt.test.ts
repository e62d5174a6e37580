import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { safetensorsHeader } from '../fixtures/randomCheckpoint';
import { loadGolden, readTensors } from '../golden/goldens';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-nanogpt-'));
afterAll(() => rmSync(root, { recursive: true }));

/** nanoGPT's activation function is the exact GELU, as this golden's is. */
const golden = loadGolden('gelu');
const config = JSON.parse(readFileSync(join(golden.folder, 'config.json'), 'utf8')) as Record<
  string,
  number
>;
const tensors = new Map(
  [...readTensors(join(golden.folder, 'model.safetensors'))].map(([name, { shape, bytes }]) => [
    name,
    { shape, data: new Float32Array(bytes) },
  ]),
);

type Tensors = typeof tensors;

function writeModel(name: string, json: object, written: Tensors): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [tensor, { shape, data }] of written) {
    header[tensor] = {
      dtype: 'F32',
      shape,
      data_offsets: [offset, (offset += data.byteLength)],
    };
  }
  const data = [...written.values()].map((each) => new Uint8Array(each.data.buffer));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json));
  writeFileSync(
    join(folder, 'model.safetensors'),
    Buffer.concat([safetensorsHeader(header), ...data]),
  );
  return folder;
}

/** The golden's weights as nanoGPT's state dict has them. */
function nanoGptTensors({ biases, table }: { biases: boolean; table: string }): Tensors {
  const renamed: Tensors = new Map();
  for (const [name, { shape, data }] of tensors) {
    if (name.endsWith('.bias') && !biases) continue;
    const to = `_orig_mod.${name.endsWith('wte.weight') ? table : name}`;
    const linear = /\.(c_attn|c_proj|c_fc)\.weight$/.test(name);
    renamed.set(to, linear ? transposed(shape, data) : { shape, data });
  }
  return renamed;
}

function transposed([rows, columns]: number[], data: Float32Array<ArrayBuffer>) {
  const turned = data.map((_, i) => data[(i % rows!) * columns! + Math.floor(i / rows!)]!);
  return { shape: [columns!, rows!], data: turned };
}

const nanoGpt = {
  n_layer: config.n_layer,
  n_head: config.n_head,
  n_embd: config.n_embd,
  block_size: config.n_positions,
  vocab_size: config.vocab_size,
  dropout: 0,
  bias: true,
};

async function logitsOf(folder: string, ids: number[]): Promise<Float32Array> {
  const model = await Model.load(folder, 1);
  try {
    return await model.logits((await forwardPass(model, ids)).at(-1)!);
  } finally {
    await model.release();
  }
}

function distance(ours: Float32Array, expected: Float32Array): number {
  expect(ours.length).toBe(expected.length);
  return ours.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
}

describe("nanoGPT's layout", () => {
  const { ids, logits } = golden.inputs[1]!;

  it.each(['transformer.wte.weight', 'lm_head.weight'])(
    'is read as GPT-2, with the embedding under the name %s',
    async (table) => {
      const written = nanoGptTensors({ biases: true, table });
      const folder = writeModel(`biases ${table}`, nanoGpt, written);
      expect(distance(await logitsOf(folder, ids), logits)).toBeLessThan(2e-4);
    },
  );

  it('may be without biases', async () => {
    const zeros: Tensors = new Map(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: name.endsWith('.bias') ? new Float32Array(data.length) : data },
      ]),
    );
    const expected = await logitsOf(writeModel('zeros', config, zeros), ids);
    const written = nanoGptTensors({ biases: false, table: 'transformer.wte.weight' });
    const folder = writeModel('without', { ...nanoGpt, bias: false }, written);
    expect(distance(await logitsOf(folder, ids), expected)).toBeLessThan(1e-6);
    expect(distance(expected, logits)).toBeGreaterThan(0.1);
  });
});
