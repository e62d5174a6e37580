/** The statistics of a document, as the panel shows them. */
import type { ModelDescription } from './inspection';

/**
 * What a text comes to under the model. Sums and means are over the tokens that were expected to be
 * something, which are all but the first once everything is read.
 */
export interface DocumentFigures {
  /** All tokens. */
  tokens: number;
  /** Those with an expectation. */
  predicted: number;
  /** UTF-8 bytes of these, and code points that begin in them. */
  bytes: number;
  characters: number;
  /** Summed surprisal. */
  nats: number;
  bits: number;
  /** Null, as all that follow, where nothing was predicted. */
  bitsPerByte: number | null;
  bitsPerCharacter: number | null;
  /** e to the mean surprisal in nats. */
  perplexity: number | null;
  meanSurprisalBits: number | null;
  /** Mean entropy of the distributions: the surprisal that the model expected. */
  meanEntropyBits: number | null;
  /** How much more surprising the text was than the model expected, for each token. */
  differenceBits: number | null;
  /** Tokens at rank 1, up to the 10th, the 100th, the 1,000th, and beyond. */
  ranks: number[];
  /** Tokens by surprisal: the i-th is of those from i to below i + 1 bits. */
  histogram: number[];
}

/** All lines of a text, column by column: [lines]. A token counts for the line that it begins in. */
export interface DocumentLines {
  /** Number of the first line in its document, from 1. */
  first: number;
  /** Without line breaks; cut where they are long. */
  texts: string[];
  /** Tokens with an expectation, and their bytes and summed surprisal. */
  tokens: Uint32Array;
  bytes: Uint32Array;
  bits: Float64Array;
  /** The most surprising token of each line; an empty text and 0 where there is none. */
  peakTexts: string[];
  peakBits: Float64Array;
  peakRanks: Uint32Array;
}

/** One line, with its tokens. */
export interface SurprisingLine {
  /** From 1, in its document. */
  line: number;
  tokens: number;
  bytes: number;
  bits: number;
  /** The line, or the stretch around its most surprising token where it is long. */
  pieces: LinePiece[];
  cutBefore: boolean;
  cutAfter: boolean;
  /** The most surprising token. */
  peak: { text: string; bits: number; rank: number };
}

/** What a token stands for in a line; surprisal is null where nothing was expected. */
export interface LinePiece {
  text: string;
  bits: number | null;
}

/** The document that is reported on; all of it is of one state of the text. */
export interface DocumentReport {
  /** Grows by one each time that somebody asks for the statistics. */
  serial: number;
  /** Grows by one each time that the figures and lines below are others. */
  version: number;
  /** "notes.md", or "notes.md:12–40" for a part. */
  source: string;
  model: Pick<ModelDescription, 'name' | 'nCtx'> | null;
  /** `edited`: the figures are of the text as it was a moment ago. */
  status: 'reading' | 'done' | 'stopped' | 'edited' | 'closed' | 'failed';
  /** The share of the tokens that is known, from 0 to 1. */
  fraction: number;
  /** Of a failure. */
  error: string | null;
  /** Null until the text was cut into tokens. */
  figures: DocumentFigures | null;
  lines: number;
  /** Of all lines those with the most bits, and those with the most bits for each byte. */
  surprising: SurprisingLine[];
  /** How many of `surprising` are in the right order, whichever of the two they are sorted by. */
  ordered: number;
}

/** Webview → host. */
export interface DocumentReportRequests {
  /** Every line of the document on report. */
  documentLines: { params: null; result: DocumentLines };
  /** Shows a line in the editor. */
  revealLine: { params: { line: number }; result: null };
  /** Ends the reading and keeps what is known, goes on with it, or lets go of the document. */
  documentReading: { params: { action: 'stop' | 'goOn' | 'close' }; result: null };
}
