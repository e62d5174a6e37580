import { modelName } from '../../gpt/modelName';
import { describeFolder } from './describeFolder';
import { downloadedModels } from './downloadedModels';
import { huggingFaceCache } from './huggingFaceCache';
import type { LibraryEntry } from './libraryEntry';
import { lmStudioModels } from './lmStudio';
import type { ModelPlaces } from './modelPlaces';
import { ollamaModels } from './ollama';
import { isRecord, realOf, smallJson } from './reading';
import { workspaceModels } from './workspaceModels';
import { join } from 'node:path';

/**
 * All models on this machine, each as it is found, by its config.json and the headers of its files
 * alone. One that several places lead to is listed for the first of them.
 *
 * @throws the signal's reason once it aborts.
 */
export async function* findModels(
  places: ModelPlaces,
  signal?: AbortSignal,
): AsyncGenerator<LibraryEntry> {
  const seen = new Set<string>();
  for await (const entry of everywhere(places, signal)) {
    signal?.throwIfAborted();
    const real = await realOf(entry.path);
    if (seen.has(real)) continue;
    seen.add(real);
    yield entry;
  }
}

async function* everywhere(
  places: ModelPlaces,
  signal: AbortSignal | undefined,
): AsyncGenerator<LibraryEntry> {
  yield* bundledModel(places.bundled);
  for (const folder of places.downloads) yield* downloadedModels(folder);
  for (const folder of places.huggingFace) yield* huggingFaceCache(folder);
  for (const folder of places.lmStudio) yield* lmStudioModels(folder, signal);
  for (const folder of places.ollama) yield* ollamaModels(folder, signal);
  for (const folder of places.workspace) yield* workspaceModels(folder, signal);
}

async function* bundledModel(path: string): AsyncGenerator<LibraryEntry> {
  const facts = await describeFolder(path);
  if (!facts) return;
  const config = await smallJson(join(path, 'config.json'));
  const given = isRecord(config) ? config['name'] : undefined;
  const name = modelName(path, typeof given === 'string' ? given : '');
  yield { name, origin: 'bundled', path, revision: null, ...facts };
}
