import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../../protocol/userError';
import { weightsOfFile, weightsOfFiles, type Weights } from '../weights';
import type { GgufValue } from './cursor';
import { mostParts, namesOfParts } from './partNames';
import { readGguf, type GgufFile } from './readGguf';

/** A model in GGUF, in one file or several. */
export interface GgufModel {
  /** Of the file, or of the first of several, which alone says something of the model. */
  fileName: string;
  metadata: ReadonlyMap<string, GgufValue>;
  /** By ggml's names. */
  weights: Weights;
}

/**
 * Reads and checks the headers of a GGUF file, or of all files of a model that llama.cpp's
 * `gguf-split` cut into several, any of which may be named.
 *
 * @throws {UserError} where a file is missing or broken, or does not belong to the others.
 */
export async function readGgufModel(path: string): Promise<GgufModel> {
  const named = await readGguf(path);
  const count = splitNumber(path, named, 'split.count', 1);
  if (count <= 1) {
    return { fileName: named.fileName, metadata: named.metadata, weights: weightsOfFile(named) };
  }
  if (count > mostParts) throw broken(path, `it claims to be one of ${count} files`);
  const paths = namesOfParts(path);
  if (paths.length === 1) {
    const number = splitNumber(path, named, 'split.no') + 1;
    throw new UserError(
      `${basename(path)} is one of ${count} files of a model, but is not called ` +
        `…-${digits(number)}-of-${digits(count)}.gguf, by which the others are found. ` +
        'Give all of them their names back.',
    );
  }
  await checkPresent(paths);
  const parts: GgufFile[] = [];
  for (const part of paths) {
    const file = part === path ? named : await readGguf(part);
    checkBelongs(part, file, parts, paths);
    parts.push(file);
  }
  const total = splitNumber(paths[0]!, parts[0]!, 'split.tensors.count');
  const found = parts.reduce((sum, { tensors }) => sum + tensors.size, 0);
  if (found !== total) {
    const files = `its ${paths.length} files hold ${found}`;
    throw broken(paths[0]!, `by its header, the model has ${total} tensors, but ${files}`);
  }
  const { fileName, metadata } = parts[0]!;
  return { fileName, metadata, weights: weightsOfFiles(parts) };
}

/** @throws {UserError} where a part is not the one that its name says, or not of this model. */
function checkBelongs(
  path: string,
  file: GgufFile,
  before: readonly GgufFile[],
  paths: readonly string[],
): void {
  const [no, count] = [splitNumber(path, file, 'split.no', 0), splitNumber(path, file, 'split.count', 1)]; // prettier-ignore
  if (no !== before.length || count !== paths.length) {
    throw broken(path, `by its header, it is file ${no + 1} of ${count}`);
  }
  const [first] = before;
  if (!first) return;
  // Later parts say next to nothing of the model; what they do say has to be the same.
  for (const key of ['split.tensors.count', 'general.architecture', 'general.name']) {
    const value = file.metadata.get(key);
    if (value !== undefined && value !== first.metadata.get(key)) {
      throw broken(path, `it does not belong to the same model as ${basename(paths[0]!)}`);
    }
  }
  for (const name of file.tensors.keys()) {
    const twice = before.findIndex(({ tensors }) => tensors.has(name));
    if (twice < 0) continue;
    throw broken(path, `it holds "${name}", which ${basename(paths[twice]!)} holds too`);
  }
}

async function checkPresent(paths: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const path of paths) {
    await access(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') missing.push(basename(path));
    });
  }
  if (missing.length === 0) return;
  const [first, ...others] = missing;
  const rest = others.length ? ` and ${others.length} more` : '';
  throw new UserError(
    `${dirname(paths[0]!)} lacks ${first}${rest} of the ${paths.length} files of the model. ` +
      'Download it again.',
  );
}

function splitNumber(path: string, { metadata }: GgufFile, key: string, fallback?: number): number {
  const value = metadata.get(key) ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value).slice(0, 60)}`;
  throw broken(path, `"${key}" ${found}`);
}

function digits(number: number): string {
  return String(number).padStart(5, '0');
}

function broken(path: string, what: string): UserError {
  return new UserError(`${basename(path)} cannot be used: ${what}. Download the model again.`);
}
