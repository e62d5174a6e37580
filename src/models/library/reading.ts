import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import type { Dirent, Stats } from 'node:fs';

/**
 * Reading folders that other programs write, while they write them: whatever is not there, may not be
 * read, or leads round in a circle, is as if it were not there.
 */

export function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).then(
    (entries) => entries.sort((a, b) => (a.name < b.name ? -1 : 1)),
    () => [],
  );
}

/** Of what a path leads to, all symbolic links followed. */
export function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() ?? false;
}

/** The real path, or the path as it is where there is none. */
export function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** A small text; null where there is none, or one larger than `most` bytes. */
export async function smallText(path: string, most = 2 ** 20): Promise<string | null> {
  const found = await statOf(path);
  if (!found?.isFile() || found.size > most) return null;
  return readFile(path, 'utf8').catch(() => null);
}

export async function smallJson(path: string, most?: number): Promise<unknown> {
  const text = await smallText(path, most);
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
