import type { RunRef } from './inspection';

/**
 * One change to a pass. Changes of the same part act one after the other, in the order of the list:
 * a head that is scaled and then mean-ablated writes the mean of its scaled output.
 */
export type Edit =
  | { kind: 'ablateHead'; layer: number; head: number; by: Ablation }
  | { kind: 'ablateMlp'; layer: number; by: Ablation }
  /** Of z, a head's output before W_O. */
  | { kind: 'scaleHead'; layer: number; head: number; factor: number }
  /** Of attnOut whole, with its bias. */
  | { kind: 'scaleAttention'; layer: number; factor: number }
  | { kind: 'setPatternRow'; layer: number; head: number; query: number; to: PatternRow }
  /** Adds factor × direction to residPre of a layer, at every position from `from` on. */
  | { kind: 'steer'; layer: number; factor: number; from: number; direction: Direction };

/** What stands in for an output: nothing, or its mean over all positions of the text. */
export type Ablation = 'zero' | 'mean';

/** One query's attention: all on one key, the same for all that it sees, without one key, or given. */
export type PatternRow =
  | { rule: 'only'; key: number }
  | { rule: 'uniform' }
  /** The others keep their shares of what is left. */
  | { rule: 'without'; key: number }
  /** For keys 0 to the query; they sum to 1, and are 0 before the window of a layer that has one. */
  | { rule: 'weights'; weights: number[] };

/**
 * From `minus` to `plus`: between two tokens, as a person names them, the difference of their rows of
 * the embedding; between two prompts, that of residPre of the layer after their last tokens.
 */
export interface Direction {
  between: 'tokens' | 'prompts';
  plus: string;
  minus: string;
}

export interface InterveneParams {
  run: RunRef;
  edits: Edit[];
  /** How many tokens each list holds. */
  topK: number;
  position: number;
}

/** A token in the distributions before and after the change. Logarithms are natural. */
export interface ComparedToken {
  id: number;
  text: string;
  logprobBefore: number;
  logprobAfter: number;
  /** 1 is the most likely. */
  rankBefore: number;
  rankAfter: number;
}

/** The next token at one position, before and after a change; over the full vocabulary. */
export interface Intervention {
  position: number;
  /** The first block that was computed anew: what comes before it is the run's own. */
  firstLayer: number;
  /** The most likely tokens of the run itself. */
  before: ComparedToken[];
  /** The most likely tokens of the changed run. */
  after: ComparedToken[];
  /** Those whose probability rose most, most first. */
  up: ComparedToken[];
  /** Those whose probability fell most, most first. */
  down: ComparedToken[];
  /** KL(before ‖ after) in nats. */
  kl: number;
  steering: SteeringLength[];
}

/** How long a steering direction is beside what it is added to, so that a factor means something. */
export interface SteeringLength {
  /** Index in the list of edits. */
  edit: number;
  /** Of the direction, at factor 1. */
  length: number;
  /** Median over the positions of the length of residPre of that layer. */
  residPre: number;
}

/** The same along the text, for the positions asked for. */
export interface InterventionEffect {
  from: number;
  /** KL(before ‖ after) in nats, of the distribution after each position. */
  kl: Float32Array;
  /** Of the token that follows; NaN after the last. */
  logprobBefore: Float32Array;
  logprobAfter: Float32Array;
}

/** Requests about a pass that is changed on its way. */
export interface InterventionRequests {
  intervene: { params: InterveneParams; result: Intervention };
  /** `to` is left out. A chunk of some dozens of positions takes a moment. */
  interventionEffect: {
    params: { run: RunRef; edits: Edit[]; from: number; to: number };
    result: InterventionEffect;
  };
}
