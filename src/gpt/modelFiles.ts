import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UserError } from '../protocol/userError';
import { asHuggingFace } from '../weights/gguf/asHuggingFace';
import { isLaterPart, namesOfParts } from '../weights/gguf/partNames';
import { readGgufModel } from '../weights/gguf/parts';
import { vocabularyOf, type HuggingFaceTokenizer } from '../weights/gguf/vocabulary';
import { readSafetensors } from '../weights/safetensors';
import { readShards } from '../weights/shards';
import { weightsOfFile, type Weights } from '../weights/weights';
import { ConfigReader } from './configReader';
import { isNanoGpt, nanoGptConfig, nanoGptWeights } from './nanoGpt';
import { refuseOtherFormat } from './otherFormats';

/** What a model is made from, whatever format it comes in. */
export interface ModelFiles {
  config: ConfigReader;
  /** Opens the weights, by Hugging Face's names, and checks their headers. */
  weights(): Promise<Weights>;
  /** The vocabulary in the file of the weights; null where it would lie beside it. */
  vocabulary: (() => HuggingFaceTokenizer) | null;
}

/**
 * Looks into a model: a folder with config.json and safetensors in one file or several, as Hugging
 * Face and nanoGPT write them; a GGUF file, or one of the several of a model; or a folder that
 * holds one.
 *
 * @throws {UserError} where there is none that can be read.
 */
export async function openModelFiles(path: string): Promise<ModelFiles> {
  const gguf = await ggufAt(path);
  if (gguf !== null) return openGguf(gguf);
  const config = await ConfigReader.open(path);
  const weights = () => folderWeights(path);
  if (!isNanoGpt(config)) return { config, weights, vocabulary: null };
  return {
    config: nanoGptConfig(config),
    weights: async () => nanoGptWeights(await weights()),
    vocabulary: null,
  };
}

/**
 * The configuration alone: a config.json, whatever it is called, a folder that holds one, or a model
 * in GGUF.
 *
 * @throws {UserError} where there is none that can be read.
 */
export async function openConfig(path: string): Promise<ConfigReader> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile() && !(await isGguf(path))) return ConfigReader.openPath(path);
  if ((await ggufAt(path)) !== null) return (await openModelFiles(path)).config;
  const config = await ConfigReader.openPath(path);
  return isNanoGpt(config) ? nanoGptConfig(config) : config;
}

/** Files that say something of a model; a folder may hold any number of others. */
const modelFile =
  /^((config|generation_config|tokenizer\w*|vocab|added_tokens)\.json|model\.sha256|merges\.txt|.+\.(safetensors|safetensors\.index\.json|gguf))$/;

/** Names a model's present files: training that overwrites a checkpoint makes another model of it. */
export async function filesStamp(path: string): Promise<string> {
  const names = await readdir(path).catch(() => null);
  const files = names
    ? names.filter((name) => modelFile.test(name)).map((name) => join(path, name))
    : namesOfParts(path);
  const stamps = await Promise.all(
    files.sort().map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${basename(file)}:${mtimeMs}:${size}:${ino}`,
        () => `${basename(file)}:unreadable`,
      ),
    ),
  );
  return stamps.join('/');
}

async function openGguf(path: string): Promise<ModelFiles> {
  const { config, weights, metadata } = await asHuggingFace(await readGgufModel(path));
  return {
    config: ConfigReader.of(config, basename(path)),
    weights: () => Promise.resolve(weights),
    vocabulary: () => vocabularyOf(metadata),
  };
}

/** The GGUF file that a path means, or null where it means a folder of another format. */
async function ggufAt(path: string): Promise<string | null> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile()) {
    if (await isGguf(path)) return path;
    throw refuseOtherFormat(path);
  }
  const names = info?.isDirectory() ? await readdir(path).catch((): string[] => []) : [];
  if (names.some((name) => name === safetensors || name === shardIndex)) return null;
  // A projector of pictures comes beside the model that it is for.
  const ggufs = names.filter(
    (name) => name.endsWith('.gguf') && !name.startsWith('mmproj') && !isLaterPart(name),
  );
  if (ggufs.length === 1) return join(path, ggufs[0]!);
  if (ggufs.length > 1) {
    throw new UserError(
      `${path} holds ${ggufs.length} GGUF files. Choose one of them: ` +
        `${ggufs.sort().slice(0, 3).join(', ')}${ggufs.length > 3 ? ', …' : ''}.`,
    );
  }
  return null;
}

const safetensors = 'model.safetensors';
const shardIndex = 'model.safetensors.index.json';

async function folderWeights(folder: string): Promise<Weights> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.includes(safetensors)) {
    return weightsOfFile(await readSafetensors(join(folder, safetensors)));
  }
  if (names.includes(shardIndex)) return readShards(join(folder, shardIndex));
  const other = names.find((name) => /\.(bin|pt|pth|ckpt|h5|msgpack|onnx)$/.test(name));
  if (other) throw refuseOtherFormat(join(folder, other));
  throw new UserError(
    `${folder} has no model.safetensors. Choose a folder with config.json and model.safetensors, ` +
      'or a GGUF file.',
  );
}

/** By its ending, or by its beginning: Ollama's files have no ending. */
async function isGguf(path: string): Promise<boolean> {
  if (extname(path) === '.gguf') return true;
  const file = await open(path).catch(() => null);
  if (!file) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}
