import { join } from 'node:path';
import { entriesOf, realOf, statOf } from './reading';

export interface Walk {
  /** How many folders deep: 1 is the folder itself alone. */
  depth: number;
  signal?: AbortSignal | undefined;
  /** Folders that are not entered, by name. */
  skip?: (name: string) => boolean;
  /** At most so many folders are read, however many there are. */
  mostFolders?: number;
}

/** The files below a folder, links followed; one that leads round in a circle is entered once. */
export async function* filesBelow(folder: string, walk: Walk): AsyncGenerator<string> {
  for await (const { path, files } of foldersBelow(folder, walk)) {
    for (const name of files) yield join(path, name);
  }
}

/** A folder and all below it, widest first, each with the names of its files. */
export async function* foldersBelow(
  folder: string,
  { depth, signal, skip = () => false, mostFolders = 5000 }: Walk,
): AsyncGenerator<{ path: string; files: string[] }> {
  const seen = new Set<string>();
  let level = [folder];
  for (let deep = 0; deep < depth && level.length > 0; deep++) {
    const below: string[] = [];
    for (const path of level) {
      signal?.throwIfAborted();
      const real = await realOf(path);
      if (seen.has(real) || seen.size >= mostFolders) continue;
      seen.add(real);
      const files: string[] = [];
      for (const entry of await entriesOf(path)) {
        const target = entry.isSymbolicLink() ? await statOf(join(path, entry.name)) : entry;
        if (target?.isFile()) files.push(entry.name);
        else if (target?.isDirectory() && !skip(entry.name)) below.push(join(path, entry.name));
      }
      yield { path, files };
    }
    level = below;
  }
}
