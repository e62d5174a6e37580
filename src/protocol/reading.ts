import type { ModelDescription, ModelRef, RunRef, Token, Truncation } from './inspection';
import type { TextReading } from './textReading';

export interface TokenizeParams extends TextReading {
  model: ModelRef;
  text: string;
}

/** A text as the model would read it, before any pass over it. */
export interface TokenizedText {
  run: RunRef;
  tokens: Token[];
  truncated: Truncation | null;
}

/** One of the overlapping stretches in which a long text is read; indices count the text's tokens. */
export interface TextWindow {
  /** The tokens of the pass: from here … */
  start: number;
  /** … up to before this one. */
  end: number;
  /** The first token after which this window, and not the one before it, says what comes. */
  first: number;
}

/** All tokens of a text, however long, column by column: [n]. */
export interface TokenColumns {
  ids: Uint32Array;
  /** UTF-16 range in the text, as of `Token`: both are 0 for a beginning-of-text token. */
  starts: Uint32Array;
  ends: Uint32Array;
  /** Bytes of UTF-8. */
  byteLengths: Uint32Array;
}

export interface DocumentTokens extends TokenColumns {
  model: ModelDescription;
  /** How the text is to be read. */
  windows: TextWindow[];
}

/** What tokens were expected to be; logarithms are natural. */
export interface Expectations {
  logprobs: Float32Array;
  /** 1 is the most likely. */
  ranks: Uint32Array;
  /** Of the distributions that the tokens were drawn from, in nats. */
  entropies: Float32Array;
  /** Likeliest tokens in each one's place. */
  k: number;
  /** Most likely first, [n, k]. */
  topIds: Uint32Array;
  topLogprobs: Float32Array;
}

/** Of the tokens after a window's rows from `first` on. */
export type WindowReading = Expectations;

/** Requests about texts that are read beside the one on show. */
export interface ReadingRequests {
  /** As `inspect` would read it: the tail that the context has room for. */
  tokenize: { params: TokenizeParams; result: TokenizedText };
  /** The whole text, and the windows that read it; they move on by half of the context, or by `stride`. */
  tokenizeDocument: { params: TokenizeParams & { stride?: number }; result: DocumentTokens };
  /**
   * What the tokens of a window after its row `first` were expected to be. `ids` are the window's
   * tokens and the one after them, [n + 1]; `first` counts within them.
   */
  readWindow: {
    params: { model: ModelRef; ids: Uint32Array; first: number; topK: number };
    result: WindowReading;
  };
}
