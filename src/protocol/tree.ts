/** Requests about how a text may go on: the tree of its continuations. */
import type { GeneratedToken, NextToken, RunRef, Sampling } from './inspection';

/** A node of the tree: the run's tokens up to `position`, then the tokens of `path`. */
export interface BranchRef {
  run: RunRef;
  /** Index of the last token of the run that counts. */
  position: number;
  path: number[];
}

/** What may come after a node. */
export interface BranchEnd {
  /** Most likely first; probabilities are over the full vocabulary. */
  top: NextToken[];
  /** In nats. */
  entropy: number;
  path: GeneratedToken[];
  /** Of the whole path: the sum of its tokens'. */
  logprob: number;
}

export interface ContinueParams extends BranchRef {
  /** Tokens to add; fewer where the text ends. */
  count: number;
  sampling: Sampling;
  seed: number;
  /**
   * Random numbers of this seed that were used before. So a continuation may be asked for token by
   * token, and comes out as it would at once.
   */
  drawn: number;
}

export interface BranchContinuation {
  tokens: GeneratedToken[];
  stop: 'maxTokens' | 'endOfText';
}

export interface BeamParams extends BranchRef {
  /** Sequences that are followed at once, and the number of results. */
  width: number;
  /** Tokens to add; fewer where the text ends. */
  length: number;
}

export interface BeamSequence {
  tokens: GeneratedToken[];
  /** The bytes of all its tokens but the special ones, decoded together. */
  text: string;
  /** The sum of its tokens': there is no penalty on length. */
  logprob: number;
  stop: 'maxTokens' | 'endOfText';
}

export interface TreeRequests {
  /** The distribution after a node, and how likely the path to it is. */
  nextTokens: { params: BranchRef & { topK: number }; result: BranchEnd };
  /** Goes on from a node, token by token. */
  continue: { params: ContinueParams; result: BranchContinuation };
  /** The likeliest ways to go on that a beam search finds, likeliest first. */
  beam: { params: BeamParams; result: BeamSequence[] };
}
