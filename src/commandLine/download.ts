import { downloadModel } from '../models/download/downloadModel';
import { parseEndpoint } from '../models/download/endpoint';
import { describeRepository } from '../models/download/hub';
import { usual, type HubConnection } from '../models/download/hubFetch';
import { ggufFiles, hasSafetensors } from '../models/download/neededFiles';
import { progressText } from '../models/download/progressText';
import { parseRepositoryId } from '../models/download/repositoryId';
import { sharedDownloads } from '../models/library/modelPlaces';
import { UserError } from '../protocol/userError';
import { UsageError } from './call';
import type { Command } from './command';

export const download: Command = {
  name: 'download',
  words: 'ORG/NAME[@REVISION]',
  about: 'a model from Hugging Face; prints where it is',
  options: {
    gguf: { value: 'FILE', about: 'this GGUF file of the repository' },
    to: { value: 'DIR', about: 'folder of downloads (default: your own, where `models` looks)' },
    endpoint: { value: 'URL', about: 'a mirror (default: HF_ENDPOINT, else huggingface.co)' },
  },
  async run(call) {
    const [name, ...more] = call.words;
    if (name === undefined || more.length > 0) throw new UsageError('Name one model: ORG/NAME');
    const { HF_TOKEN, HF_ENDPOINT } = process.env;
    const hub: HubConnection = {
      ...usual,
      endpoint: parseEndpoint(call.string('endpoint') ?? HF_ENDPOINT ?? ''),
      token: HF_TOKEN?.trim(),
      signal: call.progress.signal,
    };
    const repository = await describeRepository(hub, parseRepositoryId(name));
    const gguf = call.string('gguf');
    if (gguf === undefined && !hasSafetensors(repository)) {
      const names = ggufFiles(repository).map((file) => file.name);
      if (names.length > 0) throw new UserError(`${repository.repository} holds GGUF files only: choose one with --gguf: ${names.join(', ')}.`); // prettier-ignore
    }
    const model = await downloadModel({
      hub,
      repository,
      gguf,
      downloads: call.path('to') ?? sharedDownloads(),
      onProgress: (progress) => {
        const { bytes, totalBytes } = progress;
        const fraction = totalBytes > 0 ? bytes / totalBytes : null;
        call.progress.onProgress?.({ stage: 'loading', message: progressText(progress), fraction });
      },
    });
    return { repository: repository.repository, commit: repository.commit, model };
  },
};
