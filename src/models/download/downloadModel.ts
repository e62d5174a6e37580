import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigReader } from '../../gpt/configReader';
import { describeConfig } from '../../gpt/describeConfig';
import { UserError } from '../../protocol/userError';
import { folderWeights } from '../library/describeFolder';
import { entriesOf, statOf } from '../library/reading';
import { downloadFile, localName } from './downloadFile';
import { downloadFolder, partialEnding } from './downloadFolder';
import { DownloadLock } from './downloadLock';
import { diskTrouble, realFileSystem, syncFolder, type FileSystem } from './fileSystem';
import type { HubFile, HubRepository } from './hub';
import { HubError } from './hubError';
import type { HubConnection } from './hubFetch';
import { Journal, writeSafely } from './journal';
import { indexName, neededFiles } from './neededFiles';
import { pause } from './pause';
import { Rate, type DownloadProgress } from './rate';
import { readReceipt, receiptName, type Receipt } from './receipt';

export interface DownloadRequest {
  hub: HubConnection;
  /** As the hub described it just now. */
  repository: HubRepository;
  /** The file to take where it is a GGUF. */
  gguf?: string | undefined;
  /** The folder that all downloads go to. */
  downloads: string;
  onProgress?: (progress: DownloadProgress) => void;
  files?: FileSystem;
}

/** Room that must be left on the disk beside the model. */
const spareBytes = 64 * 2 ** 20;

/**
 * Downloads a model into `ORG--NAME/COMMIT.partial`, checks each file's size and hash, and gives the
 * folder its name only when all of it is there: there is never half a model. What was there before,
 * also from a process that was ended, is not fetched again.
 *
 * @returns what the setting `forwardPass.model` has to name: the folder, or the GGUF file in it.
 * @throws {HubError} a sentence why there is no model now.
 * @throws the signal's reason when it aborts; what has come is kept.
 */
export async function downloadModel(request: DownloadRequest): Promise<string> {
  const { repository, gguf, downloads } = request;
  const needed = neededFiles(repository, gguf);
  const folder = downloadFolder(downloads, repository, gguf);
  const result = gguf === undefined ? folder : join(folder, localName(gguf));
  if (await readReceipt(folder)) return result;
  try {
    const progress = new Progress(needed, request.onProgress);
    const lock = await DownloadLock.acquire(`${folder}.lock`, {
      signal: request.hub.signal,
      onWait: () => progress.say('Waiting: another window is downloading this model'),
    });
    try {
      progress.say(null);
      if (!(await readReceipt(folder))) await download(request, needed, folder, progress);
    } finally {
      await lock.release();
    }
    return result;
  } catch (error) {
    throw diskTrouble(error, downloads) ?? error;
  }
}

async function download(
  request: DownloadRequest,
  needed: HubFile[],
  folder: string,
  progress: Progress,
): Promise<void> {
  const { hub, repository, files = realFileSystem } = request;
  const partial = folder + partialEnding;
  await mkdir(partial, { recursive: true });
  const journal = await Journal.open(partial, progress.totalBytes);
  await checkRoom(files, partial, needed);
  for (const file of needed) {
    const target = {
      hub,
      repository,
      folder: partial,
      journal,
      files,
      onBytes: (bytes: number) => progress.set(file, bytes),
    };
    await downloadFile(target, file);
    if (file.name === 'config.json') await checkFamily(partial);
    if (file.name === indexName) await checkIndex(partial, repository, needed);
  }
  await complete(request, needed, partial, folder);
}

/** @throws {HubError} before a byte is fetched, where the whole would not fit. */
async function checkRoom(files: FileSystem, partial: string, needed: HubFile[]): Promise<void> {
  const free = await files.freeBytes(partial);
  if (free === null) return;
  let missing = 0;
  for (const { name, size } of needed) {
    missing += Math.max(0, size - ((await statOf(join(partial, localName(name))))?.size ?? 0));
  }
  if (missing === 0 || missing + spareBytes <= free) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new HubError('disk', `${gigabytes(missing)} are still to come, but the disk of ${dirname(partial)} has ${gigabytes(free)} left: make room, then download again.`); // prettier-ignore
}

/** A model that could not be opened is not worth its gigabytes. */
async function checkFamily(partial: string): Promise<void> {
  try {
    describeConfig(await ConfigReader.open(partial), '');
  } catch (error) {
    if (error instanceof UserError) await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** @throws {HubError} where the index of a sharded model names a file that the repository lacks. */
async function checkIndex(partial: string, { repository }: HubRepository, needed: HubFile[]) {
  const weights = await folderWeights(partial);
  const known = new Set(needed.map(({ name }) => name));
  if (weights && weights.files.length > 0 && weights.files.every((name) => known.has(name))) return;
  await rm(partial, { recursive: true, force: true });
  throw new HubError('damaged', `The index of the weights of ${repository} does not fit its files: choose another model or revision.`); // prettier-ignore
}

/** Gives the folder its name, and clears away what an older state of the branch left half done. */
async function complete(
  { hub, repository, downloads }: DownloadRequest,
  needed: HubFile[],
  partial: string,
  folder: string,
): Promise<void> {
  const { repository: id, revision, commit } = repository;
  const receipt: Receipt = {
    repository: id,
    revision,
    commit,
    endpoint: hub.endpoint.href,
    files: needed.map(({ name, size, hash }) => ({ name: localName(name), size, hash: hash.hex })),
  };
  await writeSafely(join(partial, receiptName), `${JSON.stringify(receipt, null, 2)}\n`);
  for (const { name } of await entriesOf(partial)) {
    if (Journal.isJournal(name)) await rm(join(partial, name), { force: true });
  }
  await syncFolder(partial);
  // A folder without a receipt is none of ours, and in the way.
  if (!(await readReceipt(folder))) await rm(folder, { recursive: true, force: true });
  await renameInTime(partial, folder);
  await syncFolder(dirname(folder));
  await syncFolder(downloads);
}

/** On Windows, whoever looks into the folder just now (a virus scanner) holds it for a moment. */
async function renameInTime(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const held = ['EPERM', 'EBUSY', 'EACCES'].includes((error as NodeJS.ErrnoException).code!);
      if (!held || tries >= 10 || process.platform !== 'win32') throw error;
      await pause(100 * tries);
    }
  }
}

/** Adds the files up for whoever watches. */
class Progress {
  readonly totalBytes: number;
  private readonly there = new Map<HubFile, number>();
  private readonly rate = new Rate();
  private file = '';
  private note: string | null = null;

  constructor(
    files: HubFile[],
    private readonly tell: DownloadRequest['onProgress'],
  ) {
    this.totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  }

  say(note: string | null): void {
    this.note = note;
    this.report();
  }

  set(file: HubFile, bytes: number): void {
    this.file = file.name;
    const before = this.there.get(file);
    this.there.set(file, bytes);
    // What was there already, or had to be thrown away, says nothing about the speed.
    if (before === undefined || bytes < before) this.rate.restart(this.bytes);
    else this.rate.add(this.bytes);
    this.report();
  }

  private get bytes(): number {
    return [...this.there.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  private report(): void {
    const { file, totalBytes, note, bytes } = this;
    this.tell?.({
      file,
      bytes,
      totalBytes,
      bytesPerSecond: this.rate.bytesPerSecond,
      secondsLeft: this.rate.secondsLeft(totalBytes - bytes),
      note,
    });
  }
}
