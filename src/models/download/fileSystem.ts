import { open, statfs, type FileHandle } from 'node:fs/promises';
import { HubError } from './hubError';

/** What a download asks of the disk; a test stands a full one in for it. */
export interface FileSystem {
  open(path: string, flags: string): Promise<Pick<FileHandle, 'write' | 'sync' | 'close' | 'truncate'>>; // prettier-ignore
  /** Bytes that can still be written below a folder; null where it cannot be told. */
  freeBytes(folder: string): Promise<number | null>;
}

export const realFileSystem: FileSystem = {
  open: (path, flags) => open(path, flags),
  freeBytes: (folder) => statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => null), // prettier-ignore
};

/** Turns what the disk says into a sentence; null for what is no trouble of the disk. */
export function diskTrouble(error: unknown, folder: string): HubError | null {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new HubError('disk', `There is no room left on the disk of ${folder}: make some, then download again. What has come so far is kept.`, { cause: error }); // prettier-ignore
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new HubError('disk', `${folder} cannot be written: change its permissions, then download again.`, { cause: error }); // prettier-ignore
    case 'EIO':
      return new HubError('disk', `The disk of ${folder} has a fault (EIO): check it, then download again.`, { cause: error }); // prettier-ignore
    default:
      return null;
  }
}

/** Makes the names in a folder last; not every system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows has no such thing, and needs none.
  }
}
