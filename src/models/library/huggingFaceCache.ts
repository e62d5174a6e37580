import { join } from 'node:path';
import { isLaterPart, partOf } from '../../weights/gguf/partNames';
import { describeFolder } from './describeFolder';
import { describeGguf } from './describeGguf';
import type { LibraryEntry } from './libraryEntry';
import { entriesOf, isFolder, smallText, statOf } from './reading';

/**
 * The models in a cache of Hugging Face's hub: `models--ORG--NAME/snapshots/COMMIT/…`, where each file
 * is a link into `blobs`, and `refs/main` names the commit that `main` was when last asked for. Other
 * commits that lie there are listed by their name. Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export async function* huggingFaceCache(cache: string): AsyncGenerator<LibraryEntry> {
  for (const { name: folder } of await entriesOf(cache)) {
    if (!folder.startsWith('models--')) continue;
    const repository = join(cache, folder);
    const name = folder.slice('models--'.length).replace('--', '/');
    const main = (await smallText(join(repository, 'refs', 'main'), 4096))?.trim();
    const snapshots = (await entriesOf(join(repository, 'snapshots'))).map((entry) => entry.name);
    snapshots.sort((a, b) => Number(b === main) - Number(a === main));
    for (const commit of snapshots) {
      const path = join(repository, 'snapshots', commit);
      if (!(await isFolder(path))) continue;
      const revision = commit === main ? null : commit.slice(0, 7);
      yield* snapshot(path, { name, revision });
    }
  }
}

async function* snapshot(
  path: string,
  { name, revision }: Pick<LibraryEntry, 'name' | 'revision'>,
): AsyncGenerator<LibraryEntry> {
  const origin = 'huggingFace' as const;
  // A repository of weights only, such as one of adapters, is no model; one without is a tokenizer.
  if (await statOf(join(path, 'config.json'))) {
    const facts = await describeFolder(path);
    if (facts) yield { name, origin, path, revision, ...facts };
  }
  for (const file of await entriesOf(path)) {
    if (!/\.gguf$/i.test(file.name) || isLaterPart(file.name)) continue;
    const facts = await describeGguf(join(path, file.name));
    const shown = partOf(file.name)?.name ?? file.name;
    if (facts) yield { name: `${name}/${shown}`, origin, path: join(path, file.name), revision, ...facts }; // prettier-ignore
  }
}
