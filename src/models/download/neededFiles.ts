import { isLaterPart, namesOfParts } from '../../weights/gguf/partNames';
import { isFileName } from '../library/describeFolder';
import { HubError } from './hubError';
import type { HubFile, HubRepository } from './hub';

const small = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'added_tokens.json',
];
export const indexName = 'model.safetensors.index.json';
/** As the index of a sharded model names its files. */
const shard = /^model-\d{5}-of-\d{5}\.safetensors$/;

/** A model in GGUF of a repository: a file, or the several that it was cut into. */
export interface GgufChoice {
  /** Of the first file. */
  name: string;
  /** Of all of them. */
  size: number;
  files: HubFile[];
}

/** The models in GGUF of a repository that can be chosen; of several files, all have to be there. */
export function ggufFiles({ files }: HubRepository): GgufChoice[] {
  const first = files.filter(({ name }) => /\.gguf$/i.test(name) && isFileName(name.split('/').at(-1)) && !/mmproj/i.test(name) && !isLaterPart(name)); // prettier-ignore
  return first.flatMap(({ name }) => {
    const names = namesOfParts(name);
    const parts = names.flatMap((part) => files.find((file) => file.name === part) ?? []);
    if (parts.length < names.length) return [];
    return [{ name, size: parts.reduce((sum, { size }) => sum + size, 0), files: parts }];
  });
}

/** Whether a repository holds weights in safetensors. */
export function hasSafetensors({ files }: HubRepository): boolean {
  return files.some(({ name }) => name === 'model.safetensors' || name === indexName);
}

/**
 * The files that make a model of a repository, small ones first: config and tokenizer with the weights
 * in safetensors, or one model in GGUF, all its files. Pickled weights never.
 *
 * @throws {HubError} where there are no such weights, or the hub does not say what to check them by.
 */
export function neededFiles(repository: HubRepository, gguf?: string): HubFile[] {
  const find = (name: string) => repository.files.filter((file) => file.name === name);
  if (gguf !== undefined) {
    const choice = ggufFiles(repository).find(({ name }) => name === gguf);
    if (choice) return choice.files;
    if (isLaterPart(gguf)) {
      throw new HubError('missing', `${gguf} only goes on with a model: name its first file, ${namesOfParts(gguf)[0]}.`); // prettier-ignore
    }
    throw new HubError('missing', `${repository.repository} has no file ${gguf}: check the name.`);
  }
  const single = find('model.safetensors');
  const weights =
    single.length > 0
      ? single
      : [...find(indexName), ...repository.files.filter(({ name }) => shard.test(name))];
  if (weights.length === 0) throw noWeights(repository);
  const others = small.flatMap(find);
  if (!others.some(({ name }) => name === 'config.json')) {
    throw new HubError('missing', `${repository.repository} has no config.json, so it is not a model that can be opened: choose another one.`); // prettier-ignore
  }
  return [...others, ...weights];
}

function noWeights(repository: HubRepository): HubError {
  const { repository: id, files } = repository;
  if (ggufFiles(repository).length > 0) {
    return new HubError('missing', `${id} holds GGUF files only: choose one of them.`);
  }
  const pickled = files.some(({ name }) => /\.(bin|pt|pth)$/.test(name));
  return new HubError(
    'missing',
    pickled
      ? `${id} holds pickled weights only, which are unsafe to open: choose a model with safetensors, or convert it.`
      : `${id} holds no weights in safetensors whose size and hash the hub tells: choose another model.`,
  );
}
