/**
 * What makes one of OpenAI's vocabularies different from another; the rest of the tokenizer is the
 * same for all.
 */
export interface Vocabulary {
  name: string;
  /**
   * Ordinary tokens by id, which is also their rank for merging: UTF-8 text where the bytes are
   * such, else the bytes; undefined where a special token has this id.
   */
  tokens: readonly (string | readonly number[] | undefined)[];
  /** Special tokens' ids by name, `<|endoftext|>` and the like. */
  specialTokens: ReadonlyMap<string, number>;
  pieceEnd: PieceEnd;
}

/**
 * How the text is cut before merging. Tells where the piece that begins at UTF-16 offset `start`
 * ends. It may stop in a long piece, without having found the end, and return `~scanned`
 * (negative): then it is called again with this `scanned`. In the first call it equals `start`.
 */
export type PieceEnd = (text: string, start: number, scanned: number) => number;
