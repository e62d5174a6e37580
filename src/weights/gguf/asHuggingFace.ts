import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlacedTensor, Weights } from '../weights';
import type { GgufArchitecture, HuggingFaceConfig } from './architectures/architecture';
import { architectureOf } from './architectures/registry';
import { GgufMetadata } from './metadata';
import type { GgufModel } from './parts';

/** A model of GGUF in Hugging Face's words. */
export interface TranslatedModel {
  metadata: GgufMetadata;
  config: HuggingFaceConfig;
  /** By Hugging Face's names and in its shapes. */
  weights: Weights;
}

/** @throws {UserError} where the architecture or an option of it is not supported. */
export async function asHuggingFace(model: GgufModel): Promise<TranslatedModel> {
  const { weights } = model;
  const { tensors } = weights;
  const metadata = new GgufMetadata(model.metadata, model.fileName);
  const architecture = architectureOf(metadata);
  if (!metadata.flag('{arch}.attention.causal', true)) {
    throw metadata.refuse(
      'looks ahead, as models for embeddings of texts do, so it predicts no next token. Choose ' +
        'another model.',
    );
  }
  const config = await architecture.config({
    metadata,
    has: (name) => tensors.has(name),
    rows: (name) => {
      const rows = tensors.get(name)?.shape[0];
      if (rows === undefined) {
        throw metadata.refuse(`lacks the tensor "${name}". Download it again.`);
      }
      return rows;
    },
    factors: (name) => readFactors(weights.folder, metadata, tensors.get(name)),
  });

  const placed = new Map<string, PlacedTensor>();
  for (const tensor of tensors.values()) {
    const found = parts(tensor, architecture, config);
    if (found.length === 0 && ofModel.test(tensor.name)) {
      throw metadata.refuse(
        `has the tensor "${tensor.name}", which the architecture "${metadata.architecture}" does ` +
          'not know: it would be left out, and the numbers would be wrong. Choose another model.',
      );
    }
    for (const part of found) placed.set(part.name, part);
  }
  return { metadata, config, weights: { ...weights, tensors: placed, allNeeded: true as const } };
}

/**
 * Tensors of the language model itself; beside them a file may hold those of a model that sees. Angles
 * of rotation, which older files hold, are computed here.
 */
const ofModel = /^(blk\.(?!\d+\.attn_rot_embd)|token_|position_|output)/;

/** A tensor under its name on Hugging Face, or as the three that it is there. */
function parts(
  tensor: PlacedTensor,
  { names, transposed = [] }: GgufArchitecture,
  config: HuggingFaceConfig,
): PlacedTensor[] {
  const [, key = '', layer, kind] =
    /^(blk\.(\d+)\.\w+|\w+)\.(weight|bias)$/.exec(tensor.name) ?? [];
  const generic = key.replace(/^blk\.\d+/, 'blk.{}');
  const named = (name: string) => `${name.replace('{}', layer ?? '')}.${kind}`;
  const name = Object.hasOwn(names, generic) ? names[generic] : undefined;
  if (name !== undefined) {
    const turned = transposed.includes(generic) && tensor.shape.length === 2;
    const shape = turned ? tensor.shape.toReversed() : tensor.shape;
    return [{ ...tensor, name: named(name), shape, ...(turned ? { transposed: true } : {}) }];
  }
  const [q, k, v] = ['blk.{}.attn_q', 'blk.{}.attn_k', 'blk.{}.attn_v'].map((own) => names[own]);
  if (generic !== 'blk.{}.attn_qkv' || !q || !k || !v) return [];
  const { num_attention_heads: heads, num_key_value_heads: shared, head_dim: dHead } = config;
  const [qRows, kRows] = [heads, shared].map((count) => Number(count) * Number(dHead));
  if (tensor.shape[0] !== qRows! + 2 * kRows!) return [];
  return [
    rowsOf(tensor, named(q), 0, qRows!),
    rowsOf(tensor, named(k), qRows!, kRows!),
    rowsOf(tensor, named(v), qRows! + kRows!, kRows!),
  ];
}

/** Some rows of a tensor, which lie one after the other in the file. */
function rowsOf(tensor: PlacedTensor, name: string, from: number, rows: number): PlacedTensor {
  const rowBytes = tensor.bytes / tensor.shape[0]!;
  return {
    ...tensor,
    name,
    shape: [rows, ...tensor.shape.slice(1)],
    offset: tensor.offset + from * rowBytes,
    bytes: rows * rowBytes,
  };
}

async function readFactors(
  folder: string,
  metadata: GgufMetadata,
  tensor: PlacedTensor | undefined,
): Promise<number[] | null> {
  if (!tensor) return null;
  const most = 4096; // half of a head's width
  if (tensor.dtype !== 'F32' || tensor.bytes > 4 * most) {
    throw metadata.refuse(`holds "${tensor.name}" in a form that is not known. Download it again.`);
  }
  const file = await open(join(folder, tensor.fileName));
  try {
    const bytes = new Uint8Array(tensor.bytes);
    await file.read(bytes, 0, bytes.length, tensor.offset);
    return Array.from(new Float32Array(bytes.buffer));
  } finally {
    await file.close();
  }
}
