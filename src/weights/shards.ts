import { access, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../protocol/userError';
import { readSafetensors } from './safetensors';
import { unreadable, type WeightFile } from './weightFile';
import { weightsOfFiles, type Weights } from './weights';

/** The index of a model of many thousand experts has a few megabytes. */
const maxIndexBytes = 32 * 2 ** 20;
/** The largest models are split into fewer. */
const maxFiles = 2000;

/**
 * Weights that are split over several files, as `model.safetensors.index.json` lists them: its
 * `weight_map` says for each tensor which file beside it holds it. All headers are read and checked.
 *
 * @throws {UserError} where the index or a file is missing, broken or contradicts the others.
 */
export async function readShards(indexPath: string): Promise<Weights> {
  const fileOf = await readWeightMap(indexPath);
  const folder = dirname(indexPath);
  const names = [...new Set(fileOf.values())].sort();
  if (names.length > maxFiles) throw broken(indexPath, `it names ${names.length} files`);
  await checkPresent(folder, names);
  const files: WeightFile[] = [];
  for (const name of names) {
    const file = await readSafetensors(join(folder, name));
    // Where two files hold a tensor, the index decides.
    const tensors = new Map([...file.tensors].filter(([tensor]) => fileOf.get(tensor) === name));
    files.push({ ...file, tensors });
  }
  const weights = weightsOfFiles(files);
  for (const [tensor, name] of fileOf) {
    if (!weights.tensors.has(tensor)) {
      throw broken(
        indexPath,
        `it says that ${name} holds ${JSON.stringify(tensor)}, which it does not`,
      );
    }
  }
  return weights;
}

/** The file that holds each tensor. */
async function readWeightMap(path: string): Promise<Map<string, string>> {
  const text = await stat(path)
    .then(({ size }) => {
      if (size > maxIndexBytes) throw broken(path, `it has ${Math.round(size / 2 ** 20)} MB`);
      return readFile(path, 'utf8');
    })
    .catch((cause: unknown) => {
      throw cause instanceof UserError ? cause : unreadable(path, cause);
    });
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw broken(path, 'it is not JSON', cause);
  }
  const map: unknown = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw broken(path, 'it has no "weight_map"');
  }
  const entries = Object.entries(map);
  if (entries.length === 0) throw broken(path, 'its "weight_map" is empty');
  return new Map(entries.map(([tensor, file]) => [tensor, checkedName(file, path)]));
}

/** A name is only ever that of a file beside the index: none leads out of the folder. */
function checkedName(name: unknown, indexPath: string): string {
  const plain = typeof name === 'string' && /^[^/\\:]+\.safetensors$/.test(name);
  if (!plain) {
    const shown = JSON.stringify(name) ?? 'nothing';
    throw broken(indexPath, `it names ${shown}, which is not a safetensors file beside it`);
  }
  return name;
}

async function checkPresent(folder: string, names: string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    await access(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') missing.push(name);
    });
  }
  if (missing.length === 0) return;
  const [first, ...others] = missing;
  const rest = others.length ? ` and ${others.length} more` : '';
  throw new UserError(
    `${folder} lacks ${first}${rest} of the ${names.length} files of its weights. ` +
      'Download the model again.',
  );
}

function broken(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    `${basename(path)} cannot be used: ${what}. Download or export the model again.`,
    { cause },
  );
}
