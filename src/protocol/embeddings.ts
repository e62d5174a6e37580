import type { ModelRef } from './inspection';

/** Which of the model's two matrices of token vectors; the same one where it is tied. */
export type TokenMatrix = 'embedding' | 'unembedding';

export type VectorMeasure = 'cosine' | 'dot';

export interface NamedToken {
  id: number;
  text: string;
}

/** One signed term of an expression, as it was understood. */
export interface ReadTerm extends NamedToken {
  coefficient: number;
  /** UTF-16 range of the token in the expression. */
  start: number;
  end: number;
}

export interface NearestParams {
  model: ModelRef;
  /** Such as `king - man + woman`; see `inspection/tokenExpression`. */
  expression: string;
  matrix: TokenMatrix;
  measure: VectorMeasure;
  /** Apply the final norm to the sum before it is compared, as to the last residual stream. */
  finalNorm: boolean;
  topK: number;
}

/** The tokens whose vectors are nearest to a sum of vectors, without those of the sum itself. */
export interface NearestTokens {
  terms: ReadTerm[];
  matrix: TokenMatrix;
  /** Embedding and unembedding are one matrix. */
  tied: boolean;
  measure: VectorMeasure;
  finalNorm: boolean;
  /** Length of the sum, before any norm. */
  length: number;
  tokens: (NamedToken & { score: number })[];
}

export interface DirectionParams {
  model: ModelRef;
  /** Two expressions, each often one word. */
  from: string;
  to: string;
  matrix: TokenMatrix;
  /** What the tokens are ranked by: their projection on the direction (`dot`), or its cosine. */
  measure: VectorMeasure;
  topK: number;
}

/** A token and where it lies along a direction. */
export interface DirectedToken extends NamedToken {
  /** Its vector · the unit vector of the direction. */
  projection: number;
  cosine: number;
}

/** One end of a direction. */
export interface DirectionEnd {
  terms: ReadTerm[];
  projection: number;
  cosine: number;
}

/** The direction from one sum of token vectors to another, and what lies along it. */
export interface TokenDirection {
  from: DirectionEnd;
  to: DirectionEnd;
  matrix: TokenMatrix;
  tied: boolean;
  measure: VectorMeasure;
  /** ‖to − from‖ */
  length: number;
  /** Furthest towards `to` first, without the tokens that define the direction. */
  toward: DirectedToken[];
  /** Furthest back, on the side of `from`, first. */
  away: DirectedToken[];
}

export interface MapParams {
  model: ModelRef;
  /** Words, quoted texts or ids, as `inspection/namedToken` takes them. */
  words: string[];
  matrix: TokenMatrix;
}

/** Token vectors seen from the two directions in which they vary most (principal components). */
export interface TokenMap {
  /** Each token once, in the order of the words. */
  points: (NamedToken & { x: number; y: number })[];
  matrix: TokenMatrix;
  tied: boolean;
  /** Share of the variance that lies along x, and along y. */
  explained: [number, number];
}

/** Requests about the vectors of tokens. */
export interface EmbeddingRequests {
  nearestTokens: { params: NearestParams; result: NearestTokens };
  tokenDirection: { params: DirectionParams; result: TokenDirection };
  tokenMap: { params: MapParams; result: TokenMap };
}
