import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { statOf } from '../library/reading';
import { below } from './endpoint';
import { diskTrouble, type FileSystem } from './fileSystem';
import { refused, type HubFile, type HubRepository } from './hub';
import { HubError } from './hubError';
import { backoffMs, hubFetch, silenceMs, unreachable, type HubConnection } from './hubFetch';
import type { Journal } from './journal';

/** After so many tries in a row that brought nothing, and so many in all, the connection is given up. */
const mostFruitless = 8;
const mostTries = 200;

export interface FileTarget {
  hub: HubConnection;
  repository: HubRepository;
  /** Where it goes, under the last part of its name. */
  folder: string;
  journal: Journal;
  files: FileSystem;
  /** How much of this file is there now; it can become less. */
  onBytes: (bytes: number) => void;
}

/** The name that a file of a repository has in its folder. */
export const localName = (name: string) => name.split('/').at(-1)!;

/**
 * Downloads one file, from where it was left off, until it has the size and the hash that the hub tells.
 * A connection that breaks is taken up again; contents that are wrong are fetched once more, whole.
 *
 * @throws {HubError} where it cannot be had; what has come is kept, unless it is wrong.
 */
export async function downloadFile(target: FileTarget, file: HubFile): Promise<void> {
  const { hub, journal, folder, onBytes } = target;
  const path = join(folder, localName(file.name));
  const there = async () => (await statOf(path))?.size ?? 0;
  let wrong = 0;
  let fruitless = 0;
  for (let tries = 1; ; tries++) {
    const before = await there();
    onBytes(before);
    if (before === file.size && (await statOf(path))) {
      if (
        journal.of(file.name).checked ||
        (await hashOf(path, file, hub.signal)) === file.hash.hex
      ) {
        await journal.note(file.name, { checked: true });
        return;
      }
      await rm(path, { force: true });
      if (++wrong > 1) throw damaged(target, file, 'its contents are not what the hub says');
      continue;
    }
    try {
      await fetchRest(target, file, path, before);
      fruitless = 0;
    } catch (error) {
      hub.signal?.throwIfAborted();
      if (error instanceof TooLong) {
        await rm(path, { force: true });
        if (++wrong > 1) throw damaged(target, file, 'it is larger than the hub says');
        continue;
      }
      const final = error instanceof HubError ? error : diskTrouble(error, folder);
      if (final) throw final;
      fruitless = (await there()) > before ? 0 : fruitless + 1;
      if (fruitless >= mostFruitless || tries >= mostTries) {
        throw unreachable(below(hub.endpoint, ''), error);
      }
      if (fruitless > 0) await hub.sleep(backoffMs(fruitless), hub.signal);
    }
  }
}

/** More came than the file has. */
class TooLong extends Error {}

/** Asks for what is missing, and writes it as it comes. */
async function fetchRest(target: FileTarget, file: HubFile, path: string, have: number) {
  const { hub, repository, journal, files, onBytes } = target;
  const { etag } = journal.of(file.name);
  let from = have < file.size ? have : 0;
  const headers: Record<string, string> = {};
  if (from > 0) {
    headers['Range'] = `bytes=${from}-`;
    // The rest of another version would be of no use; a weak name promises nothing byte for byte.
    if (etag !== null && !etag.startsWith('W/')) headers['If-Range'] = etag;
  }
  const address = below(hub.endpoint, `${repository.repository}/resolve/${repository.commit}/${file.name}`); // prettier-ignore
  const response = await hubFetch(hub, address, headers);
  if (response.status === 416) {
    // What is there does not fit the file: begin again.
    await response.body?.cancel().catch(() => undefined);
    await rm(path, { force: true });
    throw new Error('The server has no such range');
  }
  if (response.status !== 200 && response.status !== 206) {
    throw await refused(hub, response, repository, file.name);
  }
  if (response.status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? []; // prettier-ignore
    const other = total !== '*' && Number(total) !== file.size;
    if (start === undefined || Number(start) !== from || other) {
      await response.body?.cancel().catch(() => undefined);
      await rm(path, { force: true });
      throw new Error('The server sent another range than was asked for');
    }
  } else {
    from = 0;
  }
  await journal.note(file.name, { etag: response.headers.get('etag'), checked: false });
  const handle = await files.open(path, from > 0 ? 'r+' : 'w');
  try {
    let at = from;
    for await (const chunk of unlessSilent(response, hub.signal)) {
      if (at + chunk.length > file.size) throw new TooLong();
      for (let written = 0; written < chunk.length;) {
        const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, at);
        written += bytesWritten;
        at += bytesWritten;
      }
      onBytes(at);
    }
    if (at < file.size) throw new Error('The connection was closed early');
  } finally {
    await handle.sync().catch(() => undefined);
    await handle.close();
  }
}

/** The pieces of an answer's body; a server that stops sending without closing is left. */
async function* unlessSilent(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      signal?.throwIfAborted();
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('The server stopped sending')), silenceMs);
      });
      const piece = await Promise.race([reader.read(), silence]).finally(() => clearTimeout(timer));
      if (piece.done) return;
      yield piece.value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** SHA-256 of the contents, or what git calls them. */
async function hashOf(path: string, { hash, size }: HubFile, signal?: AbortSignal) {
  const hasher = createHash(hash.kind === 'sha256' ? 'sha256' : 'sha1');
  if (hash.kind === 'gitSha1') hasher.update(`blob ${size}\0`);
  await pipeline(createReadStream(path), hasher, signal ? { signal } : {});
  return hasher.digest('hex');
}

function damaged({ hub, repository }: FileTarget, { name }: HubFile, what: string): HubError {
  return new HubError(
    'damaged',
    `${name} of ${repository.repository} came twice from ${hub.endpoint.host}, but ${what}: it was thrown away. Try again later, or check the setting forwardPass.huggingFaceEndpoint.`,
  );
}
