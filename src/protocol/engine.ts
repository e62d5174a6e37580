/**
 * The requests between the extension host (client) and the engine (server), by name: JSON-RPC over
 * the engine process's IPC channel. Both ends take their types from here.
 */
import type { EmbeddingRequests } from './embeddings';
import type { AttentionRequests } from './attention';
import type { AttributionRequests } from './attribution';
import type {
  DocumentInspection,
  Generation,
  Inspection,
  ModelDescription,
  ModelRef,
  RunRef,
  Sampling,
} from './inspection';
import type { InterventionRequests } from './interventions';
import type { PatchingRequests } from './patching';
import type { ReadingRequests } from './reading';
import type { ModelPageRequests } from './modelPage';
import type { NeuronRequests } from './neurons';
import type { LensRequests } from './lens';
import type { TextReading } from './textReading';
import type { TreeRequests } from './tree';
import type { TokenRequests } from './token';
import type { TypingRequests } from './typing';

export interface InspectParams extends TextReading {
  model: ModelRef;
  text: string;
  /** How many tokens each `top` and `next` holds. */
  topK: number;
  /**
   * The tokens to read, from `start` to before `end`, instead of the tail that there is room for: a
   * window of a longer text as `tokenizeDocument` counts it, a beginning-of-text token included.
   */
  window?: { start: number; end: number };
}

export interface InspectDocumentParams extends InspectParams {
  /** How many tokens each window goes beyond the one before it; see `inspection/windows`. */
  stride: number;
}

export interface GenerateParams extends TextReading {
  model: ModelRef;
  text: string;
  maxTokens: number;
  sampling: Sampling;
  seed: number;
  /** How many of the likeliest tokens to name for each place; by default none. */
  topK?: number;
}

/** Requests about the model, and about a text as it was predicted. */
export interface InspectionRequests {
  describe: { params: { model: ModelRef }; result: ModelDescription };
  inspect: { params: InspectParams; result: Inspection };
  /** The whole text, however long, in overlapping windows. */
  inspectDocument: { params: InspectDocumentParams; result: DocumentInspection };
  /** Full-vocabulary logits after the token at `position`: [vocab]. */
  logits: { params: { run: RunRef; position: number }; result: Float32Array };
  /** SHA-256 of the weights' file, in hexadecimal. */
  weightsHash: { params: { model: ModelRef }; result: string };
  /** The text of every token of the vocabulary, by id (as `Token.text`). */
  vocabulary: { params: { model: ModelRef }; result: string[] };
}

/** Requests that go on with a text. */
export interface GenerationRequests {
  generate: { params: GenerateParams; result: Generation };
}

/**
 * Every request: what it takes, what it answers. All can be cancelled; all report progress. One that
 * asks about a run names it by what it is computed from, and asks for one thing that takes a moment
 * (a layer, a position), so that a map of many such is asked for piece by piece and shown as it comes.
 */
export interface EngineRequests
  extends
    InspectionRequests,
    AttentionRequests,
    LensRequests,
    AttributionRequests,
    NeuronRequests,
    EmbeddingRequests,
    InterventionRequests,
    PatchingRequests,
    GenerationRequests,
    ReadingRequests,
    ModelPageRequests,
    TokenRequests,
    TypingRequests,
    TreeRequests {}

export type EngineMethod = keyof EngineRequests;

/** How far a request has come. `fraction` is from 0 to 1; null where it cannot be known. */
export interface Progress {
  stage: 'loading' | 'tokenizing' | 'forward' | 'generating';
  /** One short phrase, such as "Loading GPT-2 (block 3 of 12)". */
  message: string;
  fraction: number | null;
}

export interface RequestOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** What the editor and the panel need of the engine, whoever runs it. */
export interface EngineConnection {
  /**
   * Starts the engine if it is not running. Rejects with a `UserError` for what a person can act
   * on, a crash included, and with the signal's reason after a cancellation.
   */
  request<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
    options?: RequestOptions,
  ): Promise<EngineRequests[M]['result']>;
  /** Ends the engine, and with it every request under way; the next request starts a new one. */
  restart(): void;
}
