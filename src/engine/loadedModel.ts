import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PassOptions } from '../gpt/betweenStages';
import { Model } from '../gpt/model';
import { defaultContextLimit } from '../protocol/contextLimit';
import type { ModelDescription, ModelRef } from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import { tokenizerOf } from '../tokenizer/tokenizerOf';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { verifyChecksum } from '../weights/checksum';

/** A model that is ready, with what reads its texts. */
export interface LoadedModel {
  model: Model;
  tokenizer: Tokenizer;
  description: ModelDescription;
  /** As `Tokenizer.textOf`, for every id that the model knows. */
  textOf: (id: number) => string;
  /** Changes when the folder's files change; part of the name of everything computed from it. */
  key: string;
  /** SHA-256 of the weights, once somebody asked for it. */
  weightsHash?: string;
}

/** Loads the model and its tokenizer. @throws {UserError} where the two do not fit together. */
export async function loadModel(ref: ModelRef, options: PassOptions): Promise<LoadedModel> {
  const key = await modelKey(ref);
  await verifyChecksum(ref.folder);
  const { folder, threads, contextLimit } = ref;
  const model = await Model.load(folder, threads, options, contextLimit);
  try {
    const tokenizer = await tokenizerOf(ref.folder);
    if (model.config.vocabSize < tokenizer.vocabSize) {
      throw new UserError(
        `The model in ${ref.folder} has a vocabulary of ${model.config.vocabSize} tokens, but ` +
          `GPT-2's has ${tokenizer.vocabSize}: its own tokenizer is not supported yet. Choose a ` +
          "model with GPT-2's vocabulary.",
      );
    }
    const description = { ...model.description, tokenizer: tokenizer.name };
    // Many vocabularies are padded to a round number with tokens that stand for nothing.
    const textOf = (id: number) =>
      id < tokenizer.vocabSize ? tokenizer.textOf(id) : `<unused ${id}>`;
    return { model, tokenizer, description, textOf, key };
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** Names the folder's present contents: a checkpoint that training overwrote is another model. */
export async function modelKey({ folder, threads, contextLimit }: ModelRef): Promise<string> {
  const stamps = await Promise.all(
    ['config.json', 'model.safetensors'].map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs, size }) => `${mtimeMs}:${size}`,
        () => 'unreadable',
      ),
    ),
  );
  return JSON.stringify([folder, threads, contextLimit ?? defaultContextLimit, ...stamps]);
}
