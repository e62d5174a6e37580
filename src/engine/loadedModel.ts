import { createHash } from 'node:crypto';
import type { PassOptions } from '../gpt/betweenStages';
import { readEndIds } from '../gpt/endIds';
import { Model } from '../gpt/model';
import { filesStamp } from '../gpt/modelFiles';
import { bosTokenId } from '../inspection/prompt';
import { defaultContextLimit } from '../protocol/contextLimit';
import { fidelityOf } from '../models/fidelity';
import { ollamaNameOf } from '../models/library/ollama';
import { estimateOf } from '../models/library/describePath';
import { machineMemory, shouldMapWeights } from '../models/memory';
import type { ModelDescription, ModelRef, RunRef } from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import { tokenizerFromJson } from '../tokenizer/tokenizerFromJson';
import { tokenizerOf } from '../tokenizer/tokenizerOf';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { verifyChecksum } from '../weights/checksum';
import type { HuggingFaceTokenizer } from '../weights/gguf/vocabulary';
import { Branches } from './branches';
import { RunCache } from './runCache';

/** Enough for dozens of ordinary passes, or a few of a large model at full context. */
const runCacheBytes = 256 * 2 ** 20;
/** Three texts of GPT-2's full context, or dozens of shorter ones. */
const branchBytes = 256 * 2 ** 20;

/** A model that is ready, with what reads its texts and what was computed with it, which goes as it does. */
export interface LoadedModel {
  model: Model;
  tokenizer: Tokenizer;
  description: ModelDescription;
  /** The tokens at which it ends a text. */
  endIds: readonly number[];
  /** As `Tokenizer.textOf`, for every id that the model knows. */
  textOf: (id: number) => string;
  /** Changes when the folder's files change, or how they are to be loaded. */
  key: string;
  /** Changes when the folder's files change. */
  version: string;
  runs: RunCache;
  branches: Branches;
  /** SHA-256 of the weights, once somebody asked for it. */
  weightsHash?: string;
}

/** Loads the model and its tokenizer. @throws {UserError} where the two do not fit together. */
export async function loadModel(ref: ModelRef, options: PassOptions): Promise<LoadedModel> {
  const stamp = await filesStamp(ref.folder);
  await verifyChecksum(ref.folder, options);
  const { folder, threads, contextLimit } = ref;
  const mapWeights = await mapsWeights(ref);
  const model = await Model.load(folder, threads, { ...options, mapWeights }, contextLimit);
  try {
    const vocabulary = model.takeVocabulary();
    const tokenizer = await tokenizerIn(ref.folder, vocabulary);
    checkVocabulary(ref.folder, model.config.vocabSize, tokenizer);
    // Many vocabularies are padded to a round number with tokens that stand for nothing.
    const textOf = (id: number) => (tokenizer.has(id) ? tokenizer.textOf(id) : `<unused ${id}>`);
    const ends = [tokenizer.endOfTextId, ...(vocabulary?.endIds ?? [])];
    const endIds = await readEndIds(folder, model.config.vocabSize, ends);
    const bosId = bosTokenId(tokenizer, model.config);
    const description = {
      ...model.description,
      name: (await ollamaNameOf(folder)) ?? model.description.name,
      tokenizer: tokenizer.name,
      fidelity: fidelityOf(model.description.family, model.description.dtype),
      bosTokenId: bosId,
      bosToken: bosId === null ? null : textOf(bosId),
      addsBos: tokenizer.addsBos,
    };
    const runs = new RunCache(runCacheBytes);
    const branches = new Branches(model, branchBytes);
    const version = createHash('sha256').update(stamp).digest('hex').slice(0, 16);
    return {
      model,
      tokenizer,
      description,
      endIds,
      textOf,
      key: keyOf(ref, stamp),
      version,
      runs,
      branches,
    };
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** The tokenizer in the file of the weights, or the one beside it. */
function tokenizerIn(path: string, vocabulary: HuggingFaceTokenizer | null): Promise<Tokenizer> {
  if (!vocabulary) return tokenizerOf(path);
  const label = `The tokenizer of the model in ${path}`;
  return tokenizerFromJson(vocabulary.json, vocabulary.config, label);
}

/** Tokens up to which a vocabulary can be GPT-2's, padded. */
const MAX_R50K = 51_200;

/** @throws {UserError} where the tokenizer is not the model's. */
function checkVocabulary(folder: string, vocabSize: number, tokenizer: Tokenizer): void {
  const model = `The model in ${folder} has a vocabulary of ${vocabSize} tokens, but`;
  const isR50k = tokenizer.name === 'r50k_base';
  if (isR50k && (vocabSize < tokenizer.vocabSize || vocabSize > MAX_R50K)) {
    throw new UserError(
      `${model} GPT-2's, which a folder without a tokenizer.json is read with, has ` +
        `${tokenizer.vocabSize}: put the model's own tokenizer.json into the folder.`,
    );
  }
  if (tokenizer.vocabSize > vocabSize) {
    throw new UserError(
      `${model} its tokenizer has ${tokenizer.vocabSize}, so the two do not belong together: get ` +
        "the model's files again.",
    );
  }
}

/** Whether the weights stay in their file, as was asked for or by what is free now. */
async function mapsWeights({ folder, mapWeights = 'auto' }: ModelRef): Promise<boolean> {
  const needed = mapWeights === 'auto' ? await estimateOf(folder) : null;
  if (!needed) return mapWeights === 'always';
  return shouldMapWeights(mapWeights, needed, machineMemory(), process.memoryUsage.rss());
}

/** Names the folder's present contents: a checkpoint that training overwrote is another model. */
export async function modelKey(ref: ModelRef): Promise<string> {
  return keyOf(ref, await filesStamp(ref.folder));
}

function keyOf(ref: ModelRef, stamp: string): string {
  const { folder, threads, contextLimit = defaultContextLimit, mapWeights = 'auto' } = ref;
  return JSON.stringify([folder, threads, contextLimit, mapWeights, stamp]);
}

/** @throws {UserError} where the model's files are not those any more that a run is of. */
export function checkVersion({ version, description }: LoadedModel, run: RunRef): void {
  if (run.version === undefined || run.version === version) return;
  throw new UserError(
    `The files of ${description.name} were replaced since this text was inspected: inspect it again.`,
  );
}
