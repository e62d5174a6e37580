import type { MemoryEstimate } from '../memory';

/** Where a model was found, in the order in which the library lists them. */
export const modelOrigins = [
  'bundled',
  'downloaded',
  'huggingFace',
  'lmStudio',
  'ollama',
  'workspace',
] as const;

export type ModelOrigin = (typeof modelOrigins)[number];

/** A model on this machine, as far as can be told without its weights. Null is not known. */
export interface LibraryEntry {
  name: string;
  origin: ModelOrigin;
  /** What the setting `forwardPass.model` has to name: a folder, or a GGUF file. */
  path: string;
  /** Which of several of the same name: the beginning of a commit, a tag; else null. */
  revision: string | null;
  format: 'safetensors' | 'gguf';
  /** As in config.json or the GGUF's header. */
  family: string | null;
  parameters: number | null;
  /** As stored. */
  dtype: string | null;
  /** Of the weights on disk. */
  bytes: number;
  nCtx: number | null;
  memory: MemoryEstimate | null;
  /** Why it cannot be used, in one sentence; null where nothing speaks against it. */
  unsupported: string | null;
}

/** What can be told of a model that lies at a path, wherever it was found. */
export type ModelFacts = Omit<LibraryEntry, 'name' | 'origin' | 'path' | 'revision'>;
