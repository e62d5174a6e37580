import type { RunRef } from './inspection';
import type { TokenName } from './token';

/** A token whose logit is taken apart. */
export interface AttributedToken {
  id: number;
  text: string;
  logit: number;
  /** Over the full vocabulary. */
  logprob: number;
}

/**
 * What each part of the model adds to the logit of a token at one position, or to the difference of
 * two tokens' logits, with the final norm's scale frozen at its value there.
 */
export interface Attribution {
  position: number;
  target: AttributedToken;
  versus: AttributedToken | null;
  tokenEmbedding: number;
  /** 0 where positions turn queries and keys instead. */
  positionEmbedding: number;
  heads: Float64Array; // [layer, head]
  /** Of the output bias of each layer's attention. */
  attnBias: Float64Array; // [layer]
  /** With their bias. */
  mlps: Float64Array; // [layer]
  /** Of the bias of the final norm, and of that of the unembedding. */
  finalNormBias: number;
  /** Of all of these, in float64. */
  sum: number;
  /** As the model computes it, before a cap where it has one: of `target`, less that of `versus`. */
  logit: number;
  /** sum − logit: what is lost to rounding. */
  error: number;
}

/** Requests about which part of the model a prediction comes from (Elhage et al. 2021). */
export interface AttributionRequests {
  attribution: {
    params: {
      run: RunRef;
      position: number;
      /** Null is the most likely token. */
      target: TokenName | null;
      versus: TokenName | null;
    };
    result: Attribution;
  };
}
