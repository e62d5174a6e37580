import type { ModelDescription } from './inspection';

/** What a document is compared with. */
export type ChangesBase = 'head' | 'saved' | 'clipboard';

/** `edited`: one of the texts changed; what is shown is of before that, until it is read again. */
export type ChangesStatus = 'reading' | 'edited' | 'stopped' | 'done' | 'failed';

/** Two versions of a document and how far they are read; hunks and tokens are asked for. */
export interface DocumentChanges {
  /** Grows by one with each comparison that is asked for. */
  serial: number;
  /** For people: "notes.md", "notes.md:12–14". */
  source: string;
  base: ChangesBase;
  status: ChangesStatus;
  /** The share of both texts that is read, from 0 to 1. */
  fraction: number;
  /** What went wrong, as a sentence. */
  error: string | null;
  /** Grows with each comparison of texts that were read to their ends: what is asked for is of it. */
  version: number;
  /** Null until both were read for the first time. */
  figures: ChangesFigures | null;
}

export interface ChangesFigures {
  model: ModelDescription;
  before: TextFigures;
  after: TextFigures;
  /** after.bits − before.bits. */
  difference: number;
  /** Of it, by the changed lines themselves. */
  inHunks: number;
  /** Of it, by unchanged tokens after a change. */
  knockOn: number;
  hunks: number;
}

export interface TextFigures {
  tokens: number;
  /** Surprisal of all tokens. */
  bits: number;
  /** Null where nothing was expected. */
  bitsPerByte: number | null;
}

/** One changed stretch of lines. Lines are counted from 1; where `count` is 0, it is the line that nothing stands before. */
export interface ChangedHunk {
  linesBefore: { line: number; count: number };
  linesAfter: { line: number; count: number };
  tokensBefore: number;
  tokensAfter: number;
  bitsBefore: number;
  bitsAfter: number;
  difference: number;
  /** What unchanged tokens after it gained (above 0) or lost, up to the next hunk. */
  knockOn: number;
  knockOnTokens: number;
  /** The first words: of the text after, or of what was taken out. */
  words: string;
}

/** The tokens of a hunk in one of the texts, and unchanged ones around them; columns are [n]. */
export interface ChangedTokens {
  ids: Uint32Array;
  texts: string[];
  /** Bytes of UTF-8; 0 of a beginning-of-text token. */
  byteLengths: Uint32Array;
  /** Natural; `NaN` where nothing was expected. */
  logprobs: Float32Array;
  /** 1 is the most likely, 0 where nothing was expected. */
  ranks: Uint32Array;
  /** The likeliest token in each one's place. */
  topIds: Uint32Array;
  topTexts: string[];
  /** Index of the first in the whole text. */
  first: number;
  /** The text ends before what belongs here does. */
  cut: boolean;
}

/** Webview → host: requests about the changes on show; each names the version that it is about. */
export interface DocumentChangesRequests {
  changedHunks: { params: { version: number }; result: ChangedHunk[] };
  changedTokens: {
    params: { version: number; hunk: number };
    result: { before: ChangedTokens; after: ChangedTokens };
  };
  /** All there is, as the command line prints it. */
  changesReport: { params: { version: number }; result: unknown };
  /** Shows a hunk, or a token of the text after, in the editor. */
  revealChange: {
    params: { version: number; hunk: number } | { version: number; token: number };
    result: null;
  };
  changesAction: { params: { action: 'stop' | 'goOn' | 'close' | 'show' }; result: null };
}

/** What answers these requests. */
export type DocumentChangesAnswers = {
  [M in keyof DocumentChangesRequests]: (
    params: DocumentChangesRequests[M]['params'],
  ) => DocumentChangesRequests[M]['result'] | Promise<DocumentChangesRequests[M]['result']>;
};
