import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { pause } from './pause';

interface Owner {
  id: string;
  pid: number;
  host: string;
}

const beatMs = 5000;
/** An owner that has been silent for so long is gone. */
const silentMs = 60_000;

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called once, when somebody else is at it. */
  onWait?: () => void;
  pollMs?: number;
}

/**
 * Lets one process at a time write a download: the others wait. It is a file that says who has it; one
 * whose owner was ended without a word is taken over.
 *
 * It only saves work: two that wrote the same file at once would be found out by its hash.
 */
export class DownloadLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {
    this.timer = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, beatMs);
    this.timer.unref();
  }

  /** @throws the signal's reason when it aborts while another one has it. */
  static async acquire(path: string, options: LockOptions = {}): Promise<DownloadLock> {
    const { signal, onWait, pollMs = 300 } = options;
    await mkdir(dirname(path), { recursive: true });
    const owner: Owner = { id: randomUUID(), pid: process.pid, host: hostname() };
    for (let waited = false; ;) {
      signal?.throwIfAborted();
      if (await create(path, owner)) return new DownloadLock(path, owner.id);
      const other = await read(path);
      if (other && (await isGone(path, other))) {
        await takeAway(path, other.id);
        continue;
      }
      if (!waited) onWait?.();
      waited = true;
      await pause(pollMs, signal);
    }
  }

  /** Whether somebody is at it now. */
  static async isHeld(path: string): Promise<boolean> {
    const owner = await read(path);
    return owner !== null && !(await isGone(path, owner));
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await takeAway(this.path, this.id);
  }
}

/** Made whole under another name and then linked, so that nobody ever reads half of it. */
async function create(path: string, owner: Owner): Promise<boolean> {
  const draft = `${path}.${owner.id}`;
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(JSON.stringify(owner));
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without links: the plain way.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return open(path, 'wx').then(
      async (lock) => {
        await lock.writeFile(JSON.stringify(owner)).finally(() => lock.close());
        return true;
      },
      () => false,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null while there is no lock; one that cannot be read belongs to nobody who can be asked. */
async function read(path: string): Promise<Owner | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { id, pid, host } = JSON.parse(text) as Partial<Owner>;
    return { id: String(id), pid: Number(pid), host: String(host) };
  } catch {
    return { id: '', pid: NaN, host: '' };
  }
}

async function isGone(path: string, { pid, host }: Owner): Promise<boolean> {
  if (host === hostname() && Number.isInteger(pid) && !isAlive(pid)) return true;
  // Its number can be another program's by now.
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > silentMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the lock of this owner; that of somebody who was quicker is put back. */
async function takeAway(path: string, id: string): Promise<void> {
  const aside = `${path}.gone.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await read(aside);
  if (taken && taken.id !== id) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
