/**
 * What the engine says of a text: plain data that passes between processes as it is.
 *
 * Probabilities are always over the full vocabulary. `logprob` is a natural logarithm, `entropy` is
 * in nats; surprisal in bits is `-logprob / Math.LN2`. Ranks start at 1 (the most likely token).
 */

import type { ConfigDescription, Fidelity } from './modelPage';
import type { SpecialTokensIn } from './textReading';

/** The model that a request speaks of. The engine loads it when it is not loaded already. */
export interface ModelRef {
  /** Absolute path of a model: a Hugging Face folder, or a GGUF file. */
  folder: string;
  /** Threads for one operator; 0 leaves the choice to the engine. */
  threads: number;
  /** The longest text that is read at once, where the model's context is longer; 2,048 by default. */
  contextLimit?: number;
  /** Whether the weights stay in their file; by default the engine decides by what is free. */
  mapWeights?: MapWeights;
}

/** `auto` packs the weights for fast products, unless they would take much of the free memory. */
export type MapWeights = 'auto' | 'always' | 'never';

export interface ModelDescription extends ConfigDescription {
  folder: string;
  /** How most of the weights are stored, as the file's format calls it; all arithmetic is float32. */
  dtype: string;
  /** Size of the checkpoint on disk. */
  bytes: number;
  /** Its whole context; `nCtx` is what is read at once. */
  nCtxTrained: number;
  tokenizer: string;
  /** What the beginning-of-text option puts in front; null where the vocabulary has none. */
  bosTokenId: number | null;
  /** Its name. */
  bosToken?: string | null;
  /** The model was trained with it in front of each text. */
  addsBos?: boolean;
  /** Of this family in this dtype, else in F32; null where none of the family was compared. */
  fidelity: Fidelity | null;
}

/** A token and where it came from. */
export interface Token {
  id: number;
  /** Its UTF-8 text; bytes that are not whole characters are written as `\xNN`. */
  text: string;
  bytes: number[];
  /**
   * UTF-16 range in the text as given. A token that covers only a part of a character covers its
   * whole range here, so neighbours may overlap. Both are 0 for a beginning-of-text token.
   */
  start: number;
  end: number;
  /** Not of the text: end-of-text, padding and the like. */
  special: boolean;
}

export interface RankedToken {
  id: number;
  text: string;
  logprob: number;
}

/** A token as the model saw it coming. The first token has no expectation: null. */
export interface InspectedToken extends Token {
  index: number;
  logprob: number | null;
  rank: number | null;
  /** Entropy in nats of the distribution that this token was drawn from. */
  entropy: number | null;
  /** The most likely tokens *after* this one. */
  top: RankedToken[];
}

export interface NextToken extends RankedToken {
  logit: number;
  probability: number;
}

/** What the model's context had no room for: always the beginning of the text. */
export interface Truncation {
  tokens: number;
  /** UTF-16 units of the given text before the first token that was kept. */
  characters: number;
}

/**
 * A run is named by what it is computed from, so that it can be computed again after the engine
 * was restarted or the run was dropped from the cache.
 */
export interface RunRef {
  model: ModelRef;
  ids: number[];
  /**
   * Names the model's files as they were when the text was cut into tokens: what they are replaced by,
   * as training does, is not asked about a text of theirs. Left out, any will do.
   */
  version?: string;
}

export interface Inspection {
  run: RunRef;
  model: ModelDescription;
  tokens: InspectedToken[];
  /** The distribution after the last token. */
  next: NextToken[];
  totals: {
    tokens: number;
    /** Summed surprisal of all tokens but the first, in nats. */
    nats: number;
    /** Null where no token has an expectation. */
    bitsPerByte: number | null;
    perplexity: number | null;
  };
  truncated: Truncation | null;
  /** What the names of special tokens meant in the text; absent for text. */
  specialTokens?: SpecialTokensIn | undefined;
  timing: { loadMs: number; forwardMs: number };
}

/** A text inspected whole, window by window: there is no one run that it all comes from. */
export type DocumentInspection = Omit<Inspection, 'run'>;

export interface Sampling {
  /** 0 is greedy: always the most likely token. */
  temperature: number;
  /** Null keeps all. */
  topK: number | null;
  /** 1 keeps all. */
  topP: number;
}

export interface GeneratedToken {
  id: number;
  text: string;
  bytes: number[];
  /** Over the full vocabulary at temperature 1, whatever the sampling was. */
  logprob: number;
  /** Not of the text: end-of-text, padding and the like. */
  special: boolean;
}

export interface Generation {
  model: ModelDescription;
  prompt: { tokens: number; truncated: Truncation | null };
  /** With `top`, where it was asked for, the likeliest tokens in each one's place. */
  tokens: (GeneratedToken & { top?: RankedToken[] })[];
  /** The bytes of all generated tokens but the special ones, decoded together. */
  text: string;
  stop: 'maxTokens' | 'endOfText';
  timing: { loadMs: number; generateMs: number };
}
