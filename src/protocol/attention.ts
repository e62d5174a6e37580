/** Where attention heads looked: requests, and plain data. */
import type { RunRef } from './inspection';

/**
 * A head by its number, or what all heads of the layer make together: the mean or the largest of
 * their weights; or attention rollout up to and with the layer (see `inspection/rollout`).
 */
export type HeadChoice = number | 'mean' | 'max' | 'rollout';

/**
 * Attention patterns of one layer: `pattern[(i * n + queryPos) * n + keyPos]`. Rows sum to 1 unless
 * the weights are multiplied by the length of what they carry, or are the largest of all heads.
 */
export interface AttentionPattern {
  layer: number;
  /** The heads that `pattern` holds, in its order; or those that its one matrix is made from. */
  heads: number[];
  tokens: number;
  pattern: Float32Array; // [head, queryPos, keyPos]
}

export interface AttentionParams {
  run: RunRef;
  layer: number;
  /** Null asks for all heads of the layer. */
  head: HeadChoice | null;
  /**
   * Multiply each weight by the norm of what it moves: ‖α · v W_O‖ (Kobayashi et al. 2020,
   * "Attention is Not Only a Weight").
   */
  weighted?: boolean;
}

/**
 * How much a head is of a kind, each the mean over the query positions at which the kind can be
 * told; null where there is none. All but the entropy are from 0 to 1.
 */
export interface HeadScores {
  /** Of a row of the pattern, in nats: 0 looks at one token, ln n at all alike. */
  entropy: number;
  /** Attention to the token before. */
  previousToken: number | null;
  /** Attention to the first token, from all others: often a place to look when nothing is found. */
  firstToken: number | null;
  /** Attention to earlier occurrences of the query's own token. */
  sameToken: number | null;
  /**
   * Attention to the tokens that followed those occurrences: prefix matching (Olsson et al. 2022,
   * "In-context Learning and Induction Heads").
   */
  induction: number | null;
}

export interface HeadSummaryParams {
  run: RunRef;
  layer: number;
  /** Side of each thumbnail, at most 64; no larger than the number of tokens. */
  size: number;
  /** Leave the first token out of the thumbnails; the scores are the same. */
  hideFirst?: boolean;
  /** Thumbnails of value-weighted patterns; the scores are the same. */
  weighted?: boolean;
}

/** All heads of one layer at a glance. */
export interface HeadSummary {
  layer: number;
  scores: HeadScores[]; // [nHead]
  /** Side of each thumbnail. */
  size: number;
  /**
   * Each cell is the largest weight that it covers, w, as 255 √(w / peak): the root leaves room for
   * small weights. Cells ahead of the query are 0.
   */
  thumbnails: Uint8Array; // [nHead, size, size]
  /** The largest weight of each head's thumbnail. */
  peaks: Float32Array; // [nHead]
}

/** Requests about where attention heads looked. */
export interface AttentionRequests {
  attention: { params: AttentionParams; result: AttentionPattern };
  headSummary: { params: HeadSummaryParams; result: HeadSummary };
}
