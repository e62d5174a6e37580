import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describeConfig } from '../../gpt/describeConfig';
import { openConfig } from '../../gpt/modelFiles';
import { UserError } from '../../protocol/userError';
import type { ConfigDescription } from '../../protocol/modelPage';
import { readSafetensors } from '../../weights/safetensors';
import { estimateMemory } from '../memory';
import type { ModelFacts } from './libraryEntry';
import { sentenceOf } from './sentenceOf';
import { storedDtype } from './storedDtype';
import { entriesOf, isRecord, smallJson, statOf } from './reading';

/** The weights of a folder: how much there is, or why there is none to use. */
export interface FolderWeights {
  /** In the order of the index; one for a single file. */
  files: string[];
  bytes: number;
  problem: string | null;
}

/** A header that is larger is not read for a list: it would hold up the editor. */
const mostHeaderBytes = 16 * 2 ** 20;
/** The index of a model with half a million tensors. */
const mostIndexBytes = 64 * 2 ** 20;

/**
 * What can be told of a Hugging Face folder by its config.json, the header of its weights and the sizes
 * of its files. Null where it holds no weights of any kind, and so is no model.
 */
export async function describeFolder(folder: string): Promise<ModelFacts | null> {
  const weights = await folderWeights(folder);
  if (!weights) return null;
  const { files, bytes } = weights;
  const stored = weights.problem === null ? await storedAs(join(folder, files[0]!)) : null;
  const config = await configOf(folder);
  const dtype = stored?.dtype ?? null;
  return {
    format: 'safetensors',
    family: config.family,
    parameters: config.description?.parameters ?? (files.length === 1 ? (stored?.parameters ?? null) : null), // prettier-ignore
    dtype,
    bytes,
    nCtx: config.description?.nCtx ?? null,
    memory: config.description && estimateMemory(config.description, dtype),
    unsupported: weights.problem ?? config.problem ?? stored?.problem ?? null,
  };
}

/** Which files hold the weights of a folder; null where none do. */
export async function folderWeights(folder: string): Promise<FolderWeights | null> {
  const names = (await entriesOf(folder)).map(({ name }) => name);
  const has = (name: string) => names.includes(name);
  if (has('model.safetensors')) return sized(folder, ['model.safetensors']);
  if (has('model.safetensors.index.json')) {
    const index = await smallJson(join(folder, 'model.safetensors.index.json'), mostIndexBytes);
    const map = isRecord(index) && isRecord(index['weight_map']) ? index['weight_map'] : null;
    const files = [...new Set(Object.values(map ?? {}))].sort();
    if (files.length === 0 || !files.every(isFileName)) {
      return { files: [], bytes: 0, problem: 'Its model.safetensors.index.json cannot be read: download the model again.' }; // prettier-ignore
    }
    return sized(folder, files);
  }
  if (names.some((name) => /\.(bin|pt|pth|ckpt)$/.test(name) && /model|consolidated/.test(name))) {
    const problem =
      'Its weights are pickled, which is unsafe to open: convert them with ' +
      'AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(FOLDER).';
    return { files: [], bytes: 0, problem };
  }
  return null;
}

/** The name of a file in the folder itself, and no way out of it. */
export function isFileName(name: unknown): name is string {
  return typeof name === 'string' && /^(?!\.\.?$)[^/\\:\0]+$/.test(name);
}

async function sized(folder: string, files: string[]): Promise<FolderWeights> {
  let bytes = 0;
  const missing: string[] = [];
  for (const name of files) {
    const found = await statOf(join(folder, name));
    if (found?.isFile()) bytes += found.size;
    else missing.push(name);
  }
  const [first] = missing;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more of its files are` : ' is';
  const problem =
    first === undefined
      ? null
      : `It is not complete: ${first}${others} missing. Download the model again.`;
  return { files, bytes, problem };
}

interface StoredAs {
  dtype: string | null;
  parameters: number | null;
  problem: string | null;
}

/** By the header of a file of weights: how most numbers are stored, and how many there are. */
async function storedAs(path: string): Promise<StoredAs> {
  const unknown = (problem: string | null) => ({ dtype: null, parameters: null, problem });
  try {
    if ((await headerBytes(path)) > mostHeaderBytes) return unknown(null);
    const { tensors } = await readSafetensors(path);
    const stored = [...tensors.values()];
    const parameters = stored.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0); // prettier-ignore
    return { dtype: storedDtype(stored), parameters, problem: null };
  } catch (error) {
    return unknown(sentenceOf(error));
  }
}

async function headerBytes(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead < 8 ? 0 : Number(buffer.readBigUInt64LE());
  } finally {
    await file.close();
  }
}

interface Configured {
  family: string | null;
  description: ConfigDescription | null;
  problem: string | null;
}

async function configOf(folder: string): Promise<Configured> {
  let family: string | null = null;
  try {
    // A pipe of this name would be waited for; a folder without the file gets its sentence below.
    const found = await statOf(join(folder, 'config.json'));
    if (found && !found.isFile()) throw new UserError('Its config.json is not a file.');
    const reader = await openConfig(folder);
    family = reader.text('model_type');
    return { family, description: describeConfig(reader, ''), problem: null };
  } catch (error) {
    return { family, description: null, problem: sentenceOf(error) };
  }
}
