import { dirname, relative, sep } from 'node:path';
import { ggufName, isLaterPart } from '../../weights/gguf/partNames';
import { describeGguf } from './describeGguf';
import { filesBelow } from './filesBelow';
import type { LibraryEntry } from './libraryEntry';

/** PUBLISHER/MODEL/FILE.gguf, with room for one folder more. */
const depth = 4;

/** The GGUF files that LM Studio has. What only sees images, or is a later part, is left out. */
export async function* lmStudioModels(
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<LibraryEntry> {
  for await (const path of filesBelow(folder, { depth, signal })) {
    const shown = relative(folder, path);
    if (!/\.gguf$/i.test(shown) || /(^|[/\\])mmproj/i.test(shown) || isLaterPart(shown)) continue; // prettier-ignore
    const facts = await describeGguf(path);
    if (!facts) continue;
    const publisher = dirname(shown).split(sep)[0]!;
    const name = ggufName(shown);
    const full = publisher === '.' ? name : `${publisher}/${name}`;
    yield { name: full, origin: 'lmStudio', path, revision: null, ...facts };
  }
}
