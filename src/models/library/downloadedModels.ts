import { join } from 'node:path';
import { partOf } from '../../weights/gguf/partNames';
import { describeFolder } from './describeFolder';
import { describeGguf } from './describeGguf';
import type { LibraryEntry } from './libraryEntry';
import { entriesOf } from './reading';
import { partialEnding } from '../download/downloadFolder';
import { readReceipt } from '../download/receipt';

/**
 * What was downloaded and checked: `ORG--NAME/COMMIT`, each with the receipt that was written when it
 * was complete. What is still under way has another name, and is not a model.
 */
export async function* downloadedModels(downloads: string): AsyncGenerator<LibraryEntry> {
  const origin = 'downloaded' as const;
  for (const repository of await entriesOf(downloads)) {
    if (!repository.isDirectory()) continue;
    for (const { name: commit } of await entriesOf(join(downloads, repository.name))) {
      if (commit.endsWith(partialEnding)) continue;
      const path = join(downloads, repository.name, commit);
      const receipt = await readReceipt(path);
      if (!receipt) continue;
      const { repository: name, revision: asked } = receipt;
      const revision = asked === 'main' ? null : asked;
      const gguf = receipt.files.find(({ name: file }) => /\.gguf$/i.test(file));
      if (gguf) {
        const facts = await describeGguf(join(path, gguf.name));
        const file = partOf(gguf.name)?.name ?? gguf.name;
        if (facts) yield { name: `${name}/${file}`, origin, path: join(path, gguf.name), revision, ...facts }; // prettier-ignore
      } else {
        const facts = await describeFolder(path);
        if (facts) yield { name, origin, path, revision, ...facts };
      }
    }
  }
}
