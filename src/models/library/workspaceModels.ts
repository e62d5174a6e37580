import { basename, join, relative, sep } from 'node:path';
import { modelName } from '../../gpt/modelName';
import { isLaterPart, partOf } from '../../weights/gguf/partNames';
import { describeFolder } from './describeFolder';
import { describeGguf } from './describeGguf';
import { foldersBelow } from './filesBelow';
import type { LibraryEntry } from './libraryEntry';
import { isRecord, smallJson } from './reading';

/** How deep a checkpoint lies at most: `experiments/run-3/checkpoints/step-1000` and a bit more. */
const depth = 6;
/** Beyond this, somebody has opened a disk rather than a project. */
const mostFolders = 4000;
const skipped = new Set(['node_modules', 'site-packages', '__pycache__', 'venv', 'snapshots']);
const skip = (name: string) => name.startsWith('.') || skipped.has(name);

/** Models in a folder of the workspace: folders with config.json and weights, and GGUF files. */
export async function* workspaceModels(
  workspace: string,
  signal?: AbortSignal,
): AsyncGenerator<LibraryEntry> {
  const origin = 'workspace' as const;
  for await (const found of foldersBelow(workspace, { depth, signal, skip, mostFolders })) {
    const { path, files } = found;
    const shown = relative(workspace, path).split(sep).join('/') || basename(workspace);
    if (files.includes('config.json')) {
      const facts = await describeFolder(path);
      if (facts) {
        const name = modelName(path, await nameInConfig(path));
        const revision = name === shown ? null : shown;
        yield { name, origin, path, revision, ...facts };
      }
    }
    for (const file of files) {
      if (!/\.gguf$/i.test(file) || isLaterPart(file)) continue;
      const facts = await describeGguf(join(path, file));
      const name = partOf(file)?.name ?? file;
      if (facts) yield { name, origin, path: join(path, file), revision: shown, ...facts };
    }
  }
}

async function nameInConfig(folder: string): Promise<string> {
  const config = await smallJson(join(folder, 'config.json'));
  const name = isRecord(config) ? config['name'] : undefined;
  return typeof name === 'string' ? name : '';
}
