import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../protocol/userError';

/**
 * Compares the weights with the SHA-256 that was recorded beside them in `model.sha256` (lines as
 * `sha256sum` writes them). A folder without this file has nothing to compare.
 *
 * @throws {UserError} where a file named there is missing or differs.
 * @throws the signal's reason when it aborts: large files take seconds.
 */
export async function verifyChecksum(
  folder: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const recorded = await readFile(join(folder, 'model.sha256'), 'utf8').catch(() => '');
  for (const [, expected, name] of recorded.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)) {
    const actual = await sha256(join(folder, name!), signal).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw damaged(folder, name!, cause);
    });
    if (actual !== expected) throw damaged(folder, name!);
  }
}

/** SHA-256 of a file, in hexadecimal. @throws where it is none: a pipe or a device may never end. */
export async function sha256(path: string, signal?: AbortSignal): Promise<string> {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file.`);
  const hash = createHash('sha256');
  // In pieces of the default 64 kB, handing them over takes as long as the hash itself.
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash, { signal });
  return hash.digest('hex');
}

/** SHA-256 of a file; of several, that of their SHA-256 sums, one a line, in the files' order. */
export async function sha256OfFiles(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  if (paths.length === 1) return sha256(paths[0]!, signal);
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${await sha256(path, signal)}\n`);
  return hash.digest('hex');
}

function damaged(folder: string, name: string, cause?: unknown): UserError {
  return new UserError(
    `${join(folder, name)} is not the file whose SHA-256 model.sha256 records. Install or download ` +
      'the model again.',
    { cause },
  );
}
