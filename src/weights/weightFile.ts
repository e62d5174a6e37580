import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../protocol/userError';

/** A tensor in a file: what it is and where its bytes lie. */
export interface StoredTensor {
  name: string;
  /** As the format calls it. */
  dtype: string;
  /** The last axis is the one whose values lie side by side. */
  shape: number[];
  /** From the start of the file. */
  offset: number;
  bytes: number;
}

/** A file of weights whose header was read and found to be in order. */
export interface WeightFile {
  /** Real folder and file name, all symbolic links followed. */
  folder: string;
  fileName: string;
  /** Size of the file, and when it was last changed. */
  bytes: number;
  modifiedMs: number;
  tensors: Map<string, StoredTensor>;
}

/** Opens a file of weights for as long as `read` takes; `size` is the file's. */
export async function withWeightFile<Result>(
  path: string,
  read: (file: FileHandle, size: number) => Promise<Result>,
): Promise<Result & Omit<WeightFile, 'tensors'>> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  // Looked at before it is opened: opening a named pipe would wait for somebody to write to it.
  const info = await stat(real).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!info.isFile()) throw new UserError(`${path} is not a file. Choose a file of weights.`);
  const file = await open(real, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { size, mtimeMs } = await file.stat();
    const result = await read(file, size);
    const [folder, fileName] = [dirname(real), basename(real)];
    return { ...result, folder, fileName, bytes: size, modifiedMs: mtimeMs };
  } finally {
    await file.close();
  }
}

/** @throws what `overlap` makes of the names of two tensors whose bytes overlap. */
export function checkOverlaps(
  tensors: StoredTensor[],
  overlap: (a: string, b: string) => Error,
): void {
  const byOffset = tensors.toSorted((a, b) => a.offset - b.offset);
  for (const [i, tensor] of byOffset.entries()) {
    const next = byOffset[i + 1];
    if (next && tensor.offset + tensor.bytes > next.offset) throw overlap(tensor.name, next.name);
  }
}

export function unreadable(path: string, cause: unknown): UserError {
  const { code } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new UserError(`There is no file ${path}. Download or copy it again.`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} cannot be read: permission denied. Change its permissions.`, {
        cause,
      });
    case 'ELOOP':
      return new UserError(
        `${path} is a symbolic link that leads back to itself. Download the model again.`,
        { cause },
      );
    default:
      return new UserError(`${path} cannot be read (${code ?? 'unknown error'}).`, { cause });
  }
}
