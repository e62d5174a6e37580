import type { SpecialTokensIn } from '../protocol/textReading';
import { AddedTokens } from './addedTokens';
import { BytePairMerge } from './bytePairMerge';
import { TokenSequence, type EncodedText } from './encodedText';
import { inSlices } from './inSlices';
import { mergeLongPiece } from './mergeLongPiece';
import type { SpecialToken, Tokenizer } from './tokenizer';
import { TokenTable } from './tokenTable';
import { tokenText } from './tokenText';
import { maxUtf8Length, writeUtf8 } from './utf8';
import type { Vocabulary } from './vocabulary';

/** UTF-16 units between two looks at the clock: a fraction of a millisecond's work. */
const UNITS_PER_STEP = 4096;
/** UTF-16 units up to which a piece is merged at once. */
const SHORT_PIECE = 64;

/** Byte-pair encoding with any of OpenAI's vocabularies. None puts a token before a text. */
export class BytePairTokenizer implements Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  readonly endOfTextId: number | null;
  readonly bosTokenId: number | null;
  readonly addsBos = false;
  readonly specialTokens: readonly SpecialToken[];
  private readonly table: TokenTable;
  private readonly added: AddedTokens;

  constructor(private readonly vocabulary: Vocabulary) {
    this.name = vocabulary.name;
    this.specialTokens = Array.from(vocabulary.specialTokens, ([text, id]) => ({ id, text })).sort(
      (a, b) => a.id - b.id,
    );
    const special = new Map(this.specialTokens.map(({ id, text }) => [id, text]));
    this.table = new TokenTable(vocabulary.tokens, special);
    this.vocabSize = this.table.size;
    this.endOfTextId = vocabulary.specialTokens.get('<|endoftext|>') ?? null;
    this.bosTokenId = this.endOfTextId;
    const plain = { special: true, singleWord: false, lstrip: false, rstrip: false };
    this.added = new AddedTokens(
      this.specialTokens.map(({ id, text }) => ({ ...plain, id, content: text })),
    );
  }

  async encode(
    text: string,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
    special: SpecialTokensIn = 'text',
  ): Promise<EncodedText> {
    const tokens = new TokenSequence(this.table);
    await inSlices(this.sections(text, tokens, special), signal, onProgress);
    return tokens;
  }

  find(text: string): number | null {
    const bytes = new TextEncoder().encode(text);
    const id = bytes.length > 0 ? this.table.find(bytes, 0, bytes.length) : -1;
    return id === -1 ? null : id;
  }

  has(id: number): boolean {
    const inRange = Number.isInteger(id) && id >= 0 && id < this.vocabSize;
    return inRange && this.table.bytesOf(id).length > 0;
  }

  isSpecial(id: number): boolean {
    return this.table.isSpecial(id);
  }

  bytesOf(id: number): Uint8Array {
    if (!this.has(id)) throw new RangeError(`${this.name} has no token ${id}.`);
    return this.table.bytesOf(id);
  }

  textOf(id: number): string {
    return tokenText(this.bytesOf(id));
  }

  /** Appends the text's tokens to `tokens`. Yields often, with the part of the text that is done. */
  private *sections(
    text: string,
    tokens: TokenSequence,
    special: SpecialTokensIn,
  ): Generator<number, void> {
    if (special === 'text') {
      for (const done of this.steps(text, tokens)) yield done / text.length;
      return;
    }
    for (const { token, start, end } of this.added.sections(text, true)) {
      if (token) {
        tokens.push(token.id);
        yield end / text.length;
      } else {
        for (const done of this.steps(text.slice(start, end), tokens)) {
          yield (start + done) / text.length;
        }
      }
    }
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
      // As tiktoken does. r50k_base's tokens all encode to themselves: there it is only quicker.
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
