import type { ModelRef, RunRef, Token, Truncation } from './inspection';

export interface TokenizeParams {
  model: ModelRef;
  text: string;
  /** Put the beginning-of-text token in front. */
  bos: boolean;
}

/** A text as the model would read it, before any pass over it. */
export interface TokenizedText {
  run: RunRef;
  tokens: Token[];
  truncated: Truncation | null;
}

/** Requests about texts that are read beside the one on show. */
export interface ReadingRequests {
  tokenize: { params: TokenizeParams; result: TokenizedText };
}
