import { open } from 'node:fs/promises';
import { describeConfig } from '../../gpt/describeConfig';
import { openModelFiles } from '../../gpt/modelFiles';
import type { ConfigDescription } from '../../protocol/modelPage';
import { estimateMemory } from '../memory';
import type { ModelFacts } from './libraryEntry';
import { statOf } from './reading';
import { sentenceOf } from './sentenceOf';
import { storedDtype } from './storedDtype';

/**
 * What can be told of a GGUF file, or of the several of a model, by the headers; null where the file
 * is none. Quantised weights become float32 in memory, so that they take as much there as any others.
 */
export async function describeGguf(path: string): Promise<ModelFacts | null> {
  let bytes = await bytesOfGguf(path);
  if (bytes === null) return null;
  let family: string | null = null;
  let description: ConfigDescription | null = null;
  let dtype: string | null = null;
  let unsupported: string | null = null;
  try {
    const files = await openModelFiles(path);
    family = files.config.text('model_type');
    description = describeConfig(files.config, '');
    const weights = await files.weights();
    dtype = storedDtype(weights.tensors.values());
    bytes = weights.bytes;
  } catch (error) {
    unsupported = sentenceOf(error);
  }
  return {
    format: 'gguf',
    family,
    parameters: description?.parameters ?? null,
    dtype,
    bytes,
    nCtx: description?.nCtx ?? null,
    memory: description && estimateMemory(description, dtype),
    unsupported,
  };
}

async function bytesOfGguf(path: string): Promise<number | null> {
  // A pipe of this name would be waited for.
  if (!(await statOf(path))?.isFile()) return null;
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'GGUF' ? size : null;
  } finally {
    await file.close();
  }
}
