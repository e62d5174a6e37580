import { basename, join } from 'node:path';
import type { HubRepository } from './hub';

/** What the folder of a download is called at its end while it is not complete. */
export const partialEnding = '.partial';

/** Where a model goes to: `ORG--NAME/COMMIT`; a GGUF file into a folder of its own beside it. */
export function downloadFolder(
  downloads: string,
  { repository, commit }: Pick<HubRepository, 'repository' | 'commit'>,
  gguf?: string,
): string {
  const suffix = gguf === undefined ? '' : `-${basename(gguf)}`;
  return join(downloads, repository.replace('/', '--'), commit + suffix);
}
