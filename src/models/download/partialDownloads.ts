import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entriesOf, statOf } from '../library/reading';
import { partialEnding } from './downloadFolder';
import { DownloadLock } from './downloadLock';
import { Journal } from './journal';
import { readReceipt } from './receipt';

/** A download that was begun and not finished. */
export interface PartialDownload {
  repository: string;
  folder: string;
  bytes: number;
  totalBytes: number;
}

/** What was begun in a folder of downloads, and not finished. */
export async function partialDownloads(downloads: string): Promise<PartialDownload[]> {
  const found: PartialDownload[] = [];
  for (const repository of await entriesOf(downloads)) {
    for (const { name } of await entriesOf(join(downloads, repository.name))) {
      const folder = join(downloads, repository.name, name);
      const totalBytes = name.endsWith(partialEnding) ? await Journal.totalBytesIn(folder) : null;
      if (totalBytes === null) continue;
      let bytes = 0;
      for (const file of await entriesOf(folder)) {
        if (Journal.isJournal(file.name)) continue;
        bytes += (await statOf(join(folder, file.name)))?.size ?? 0;
      }
      found.push({ repository: repository.name.replace('--', '/'), folder, bytes, totalBytes });
    }
  }
  return found;
}

/**
 * Removes a model that was downloaded, or what there is of one; false where something is not ours to
 * remove, or somebody is downloading it.
 */
export async function removeDownload(folder: string): Promise<boolean> {
  const partial = folder.endsWith(partialEnding);
  const whole = partial ? folder.slice(0, -partialEnding.length) : folder;
  if (await DownloadLock.isHeld(`${whole}.lock`)) return false;
  const ours = partial ? (await Journal.totalBytesIn(folder)) !== null : await readReceipt(folder);
  if (!ours) return false;
  await rm(folder, { recursive: true });
  const repository = dirname(folder);
  if ((await entriesOf(repository)).length === 0) await rm(repository, { recursive: true });
  return true;
}
