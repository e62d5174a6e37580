import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VOCAB = 50257;

export interface TinyModel {
  folder: string;
  remove(): void;
}

/**
 * A GPT-2 with few, random weights and GPT-2's own vocabulary: for tests of what surrounds a model,
 * which must neither wait for a real one nor depend on what it says.
 */
export function makeTinyModel({ nEmbd = 16, nLayer = 2, nCtx = 64 } = {}): TinyModel {
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-tiny-'));
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    vocab_size: VOCAB,
    n_embd: nEmbd,
    n_layer: nLayer,
    n_head: 2,
    n_positions: nCtx,
    n_ctx: nCtx,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
    bos_token_id: VOCAB - 1,
    eos_token_id: VOCAB - 1,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'model.safetensors'), safetensors(shapes(nEmbd, nLayer, nCtx)));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function shapes(nEmbd: number, nLayer: number, nCtx: number): [string, number[]][] {
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [nEmbd]],
    [`${name}.bias`, [nEmbd]],
  ];
  const dense = (name: string, from: number, to: number): [string, number[]][] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const block = (layer: number) => [
    ...norm(`h.${layer}.ln_1`),
    ...dense(`h.${layer}.attn.c_attn`, nEmbd, 3 * nEmbd),
    ...dense(`h.${layer}.attn.c_proj`, nEmbd, nEmbd),
    ...norm(`h.${layer}.ln_2`),
    ...dense(`h.${layer}.mlp.c_fc`, nEmbd, 4 * nEmbd),
    ...dense(`h.${layer}.mlp.c_proj`, 4 * nEmbd, nEmbd),
  ];
  return [
    ['wte.weight', [VOCAB, nEmbd]],
    ['wpe.weight', [nCtx, nEmbd]],
    ...Array.from({ length: nLayer }, (_, layer) => block(layer)).flat(),
    ...norm('ln_f'),
  ];
}

function safetensors(tensors: [string, number[]][]): Buffer {
  let offset = 0;
  const header: Record<string, object> = {};
  for (const [name, shape] of tensors) {
    const size = 4 * shape.reduce((product, length) => product * length, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + size] };
    offset += size;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  let seed = 1;
  const weights = Float32Array.from({ length: offset / 4 }, () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  });
  return Buffer.concat([length, json, Buffer.from(weights.buffer)]);
}
