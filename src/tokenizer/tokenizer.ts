import { setImmediate as nextTurn } from 'node:timers/promises';
import { BytePairMerge } from './bytePairMerge';
import { TokenSequence, type EncodedText } from './encodedText';
import { mergeLongPiece } from './mergeLongPiece';
import { TokenTable } from './tokenTable';
import { tokenText } from './tokenText';
import { maxUtf8Length, writeUtf8 } from './utf8';
import type { Vocabulary } from './vocabulary';

export interface Tokenizer {
  /** Such as `r50k_base`. */
  readonly name: string;
  /** Number of ids, special tokens included. */
  readonly vocabSize: number;
  readonly endOfTextId: number | null;

  /**
   * All tokens of the text. The text is ordinary text throughout: `<|endoftext|>` in it is
   * thirteen characters like any others. A long text is encoded in slices of some milliseconds,
   * with turns of the event loop between them.
   *
   * @param signal stops the work at the end of a slice
   * @param onProgress told after each slice how far it is, from 0 to 1
   * @throws the signal's reason, once it is aborted
   */
  encode(
    text: string,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<EncodedText>;

  /**
   * The token's bytes: a view, not to be written to. A special token's are those of its name.
   * @throws RangeError if there is no such token
   */
  bytesOf(id: number): Uint8Array;

  /**
   * The token's text as in the protocol: bytes that are not whole characters as `\xNN`.
   * @throws RangeError if there is no such token
   */
  textOf(id: number): string;
}

/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 10;
/** UTF-16 units between two looks at the clock: a fraction of a millisecond's work. */
const UNITS_PER_STEP = 4096;
/** UTF-16 units up to which a piece is merged at once. */
const SHORT_PIECE = 64;

/** Byte-pair encoding with any of OpenAI's vocabularies. */
export class BytePairTokenizer implements Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  readonly endOfTextId: number | null;
  private readonly table: TokenTable;
  private readonly specialBytes: Map<number, Uint8Array>;

  constructor(private readonly vocabulary: Vocabulary) {
    const specialIds = [...vocabulary.specialTokens.values()];
    this.name = vocabulary.name;
    this.table = new TokenTable(vocabulary.tokens);
    this.vocabSize = Math.max(this.table.size - 1, ...specialIds) + 1;
    this.endOfTextId = vocabulary.specialTokens.get('<|endoftext|>') ?? null;
    this.specialBytes = new Map(
      Array.from(vocabulary.specialTokens, ([name, id]) => [id, new TextEncoder().encode(name)]),
    );
  }

  async encode(
    text: string,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<EncodedText> {
    signal?.throwIfAborted();
    const tokens = new TokenSequence(this.table);
    let sliceStart = performance.now();
    for (const done of this.steps(text, tokens)) {
      if (performance.now() - sliceStart < SLICE_MS) continue;
      onProgress?.(done / text.length);
      await nextTurn();
      signal?.throwIfAborted();
      sliceStart = performance.now();
    }
    return tokens;
  }

  bytesOf(id: number): Uint8Array {
    const special = this.specialBytes.get(id);
    if (special) return special;
    const known = Number.isInteger(id) && id >= 0 && id < this.table.size;
    const bytes = known ? this.table.bytesOf(id) : new Uint8Array(0);
    if (bytes.length === 0) throw new RangeError(`${this.name} has no token ${id}.`);
    return bytes;
  }

  textOf(id: number): string {
    return tokenText(this.bytesOf(id));
  }

  /** Appends the text's tokens to `tokens`. Yields often, with the number of UTF-16 units done. */
  private *steps(text: string, tokens: TokenSequence): Generator<number, void> {
    const { pieceEnd } = this.vocabulary;
    const merge = new BytePairMerge(this.table);
    const bytes = new Uint8Array(maxUtf8Length(SHORT_PIECE));
    let at = 0;
    while (at < text.length) {
      at = this.encodeShortPieces(text, at, merge, bytes, tokens);
      yield at;
      if (at === text.length) break;

      let end = pieceEnd(text, at, at);
      while (end < 0) {
        yield at;
        end = pieceEnd(text, at, ~end);
      }
      if (end - at <= SHORT_PIECE) continue;
      const long = new TextEncoder().encode(text.slice(at, end));
      for (const done of mergeLongPiece(merge, long, tokens)) {
        yield at + ((end - at) * done) / long.length;
      }
      at = end;
    }
  }

  /**
   * Encodes pieces from `at` on until enough is done for one step or a long piece comes. Returns
   * the UTF-16 offset that it reached.
   */
  private encodeShortPieces(
    text: string,
    at: number,
    merge: BytePairMerge,
    bytes: Uint8Array,
    tokens: TokenSequence,
  ): number {
    const { table } = this;
    const { pieceEnd } = this.vocabulary;
    const stop = Math.min(text.length, at + UNITS_PER_STEP);
    while (at < stop) {
      const end = pieceEnd(text, at, at);
      if (end < 0 || end - at > SHORT_PIECE) return at;
      const length = writeUtf8(text, at, end, bytes, 0);
      // A token encodes to itself (tested for every vocabulary), so this is only quicker.
      const whole = length <= table.maxLength ? table.find(bytes, 0, length) : -1;
      if (whole !== -1) {
        tokens.push(whole);
      } else {
        const count = merge.merge(bytes, 0, length);
        for (let i = 0; i < count; i++) tokens.push(merge.ids[i]!);
      }
      at = end;
    }
    return at;
  }
}
