import { findModels } from '../models/library/findModels';
import { knownPlaces, sharedDownloads } from '../models/library/modelPlaces';
import type { LibraryEntry } from '../models/library/libraryEntry';
import { machineMemory, memoryVerdict } from '../models/memory';
import type { Command } from './command';

export const models: Command = {
  name: 'models',
  about: 'the models on this machine, wherever they are',
  options: {
    in: { value: 'DIR', about: 'look for checkpoints in this folder too' },
  },
  async run(call) {
    const folder = call.path('in');
    const places = {
      ...knownPlaces(),
      bundled: call.bundledModel,
      downloads: [sharedDownloads()],
      workspace: folder === undefined ? [] : [folder],
    };
    const memory = machineMemory();
    const found: (LibraryEntry & { verdict: string | null })[] = [];
    for await (const entry of findModels(places)) {
      const verdict = entry.memory && memoryVerdict(entry.memory, memory);
      found.push({ ...entry, verdict });
    }
    return { machine: memory, models: found };
  },
};
