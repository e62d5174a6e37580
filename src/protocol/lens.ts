import type { RunRef } from './inspection';

/**
 * A place in the residual stream: `residPre` before the first block is the embedding, `residMid` of
 * a layer lies between its attention and its MLP, `residPost` behind its MLP.
 */
export type StreamName = 'residPre' | 'residMid' | 'residPost';

/** What one token is given by one distribution. */
export interface LensExpectation {
  logprob: number;
  probability: number;
  /** 1 is the most likely. */
  rank: number;
}

/** What the model would predict if it ended here. */
export interface LensStream {
  stream: StreamName;
  layer: number;
  /** Most likely tokens first. */
  top: { id: number; text: string; logprob: number; probability: number }[];
  /** In nats. */
  entropy: number;
  /** What it gives the token that is the most likely one in the end. */
  final: LensExpectation;
  /** What it gives the token that really came; null after the last one. */
  actual: LensExpectation | null;
}

/** The logit lens at one position. */
export interface Lens {
  position: number;
  /** The most likely token in the end. */
  final: { id: number; text: string };
  /** The token that really came; null after the last one. */
  actual: { id: number; text: string } | null;
  /** From the embedding to behind the last MLP: 2 · nLayer + 1. */
  streams: LensStream[];
}

/**
 * The logit lens after the embedding and after each block, for the positions from `from` on.
 * Everything is `[layer * positions + i]`, layer 0 is the embedding.
 */
export interface LensTable {
  from: number;
  positions: number;
  /** nLayer + 1 */
  layers: number;
  topIds: Int32Array; // [layer, position]
  topTexts: string[];
  topProbability: Float32Array;
  /** Of the token that is the most likely one in the end. */
  finalProbability: Float32Array;
  /** KL(final ‖ here), in nats. */
  klToFinal: Float32Array;
}

/** Requests about what the model would predict after each layer (nostalgebraist 2020). */
export interface LensRequests {
  lens: { params: { run: RunRef; position: number; topK: number }; result: Lens };
  /** The positions from `from` up to, not including, `to`. */
  lensTable: { params: { run: RunRef; from: number; to: number }; result: LensTable };
}
