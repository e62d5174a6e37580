import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { UserError } from '../protocol/userError';
import type { StoredTensor, WeightFile } from './weightFile';

/** A tensor and the file that holds it, by its path below the weights' folder. */
export interface PlacedTensor extends StoredTensor {
  fileName: string;
  /** A matrix of which the file holds the transpose; `shape` is that of the matrix itself. */
  transposed?: true;
}

/** All weights of a model, in one file or several. */
export interface Weights {
  /** Real folder in or below which all files lie; the runtime maps none from elsewhere. */
  folder: string;
  /** By their real paths, in the order of their names; sizes and times as when they were read. */
  files: { path: string; bytes: number; modifiedMs: number }[];
  /** Size of all files. */
  bytes: number;
  tensors: ReadonlyMap<string, PlacedTensor>;
  /**
   * Where the format has none that is not part of the model: one that a model makes no use of is then
   * one that it lacks.
   */
  allNeeded?: true;
}

export function weightsOfFile(file: WeightFile): Weights {
  return weightsOfFiles([file]);
}

/**
 * @param files in the order of their names, each with the tensors that are to be taken from it.
 * @throws {UserError} where they lie on drives that have no folder in common.
 */
export function weightsOfFiles(files: readonly WeightFile[]): Weights {
  const folder = commonFolder(files.map((file) => file.folder));
  const placed = files.flatMap((file) => {
    // ONNX writes paths with slashes on every system.
    const fileName = join(relative(folder, file.folder), file.fileName).split(sep).join('/');
    return [...file.tensors].map(([name, tensor]) => [name, { ...tensor, fileName }] as const);
  });
  return {
    folder,
    files: files.map((file) => ({
      path: join(file.folder, file.fileName),
      bytes: file.bytes,
      modifiedMs: file.modifiedMs,
    })),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    tensors: new Map(placed),
  };
}

/**
 * @param when the sentence says that a file was replaced.
 * @throws {UserError} where a file is not the one any more whose header was read.
 */
export async function checkUnchanged(
  { files }: Pick<Weights, 'files'>,
  when = 'while it was being opened',
): Promise<void> {
  for (const { path, bytes, modifiedMs } of files) {
    const now = await stat(path).catch(() => null);
    if (now?.size === bytes && now.mtimeMs === modifiedMs) continue;
    throw new UserError(`${basename(path)} was replaced ${when}. Open the model again.`);
  }
}

function commonFolder(folders: readonly string[]): string {
  const within = (folder: string, ancestor: string) =>
    folder === ancestor || folder.startsWith(ancestor.endsWith(sep) ? ancestor : ancestor + sep);
  let common = folders[0]!;
  while (!folders.every((folder) => within(folder, common))) {
    const parent = dirname(common);
    if (parent === common) {
      throw new UserError(
        'The files of the weights lie on different drives. Copy them into one folder.',
      );
    }
    common = parent;
  }
  return common;
}
