import type { SpecialTokensIn } from '../../protocol/textReading';
import type { UserError } from '../../protocol/userError';
import { AddedTokens } from '../addedTokens';
import type { EncodedText } from '../encodedText';
import { inSlices } from '../inSlices';
import { mergeLongPiece } from '../mergeLongPiece';
import type { SpecialToken, Tokenizer } from '../tokenizer';
import { tokenText } from '../tokenText';
import { originalRange, type Aligned } from './alignment';
import { ByteCount } from './byteCount';
import { guardedSteps } from './guardedSteps';
import type { Normalizer } from './normalizers';
import { PairMerge, PairTable, symbolLengths } from './pairMerge';
import type { Piece } from './pieces';
import type { Cutting } from './readPreTokenizers';
import { SpannedTokens } from './spannedTokens';
import { SymbolIds, Symbols } from './symbols';
import { TokenNames } from './tokenNames';
import type { AddedDefinition, BpeModel } from './vocabularyFile';

/** UTF-16 units between two looks at the clock: a fraction of a millisecond's work. */
const UNITS_PER_STEP = 4096;
/** Symbols up to which a piece is merged at once. */
const SHORT_PIECE = 64;
/** Pieces whose tokens are kept: most words of a text come again. */
const KNOWN_PIECES = 1 << 15;

/** What a tokenizer.json says, read and found to be supported. */
export interface TokenizerDefinition {
  name: string;
  model: BpeModel;
  added: readonly AddedDefinition[];
  normalizers: readonly Normalizer[];
  cutting: Cutting;
  bosTokenId: number | null;
  addsBos: boolean;
  endOfTextId: number | null;
  /** What to throw where the file's pattern does not come to an end on a text. */
  tooSlow: () => UserError;
}

/**
 * The tokenizer of a tokenizer.json with byte-pair encoding.
 *
 * The steps are those of Hugging Face's tokenizers (Rust). Its JavaScript edition,
 * `@huggingface/tokenizers`, translates the file's regular expressions (`compilePattern`). It does
 * not encode here: it tells no places in the text, works in one go that cannot be interrupted, takes
 * special tokens in a text for tokens always, and differs from the original in details (`\s` of
 * GPT-2's pattern, digits that are not ASCII, white space beside added tokens, `Metaspace` that
 * splits, bytes that have no token).
 */
export class JsonTokenizer implements Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  readonly endOfTextId: number | null;
  readonly bosTokenId: number | null;
  readonly addsBos: boolean;
  readonly specialTokens: readonly SpecialToken[];
  private readonly names: TokenNames;
  private readonly symbolIds: SymbolIds;
  private readonly pairs: PairTable;
  /** Of each token, in symbols. */
  private readonly lengths: Int32Array;
  private readonly merge: PairMerge;
  /** Looked for in the text as it stands, and in the text as the normalizers leave it. */
  private readonly addedAsIs: AddedTokens;
  private readonly addedNormalized: AddedTokens;
  private readonly knownPieces = new Map<string, Int32Array>();

  constructor(private readonly definition: TokenizerDefinition) {
    const { name, model, added, cutting, bosTokenId, addsBos, endOfTextId } = definition;
    this.name = name;
    this.names = new TokenNames(name, model, added, cutting);
    this.vocabSize = this.names.size;
    this.specialTokens = this.names.special;
    this.bosTokenId = bosTokenId;
    this.addsBos = addsBos;
    this.endOfTextId = endOfTextId;
    this.symbolIds = new SymbolIds(model, cutting.byteLevel);
    this.pairs = new PairTable(model.merges);
    this.lengths = symbolLengths(model.names, model.merges);
    this.merge = new PairMerge(this.pairs, this.lengths);
    this.addedAsIs = new AddedTokens(added.filter(({ normalized }) => !normalized));
    this.addedNormalized = new AddedTokens(
      added
        .filter(({ normalized }) => normalized)
        .map((token) => ({ ...token, content: this.normalized(token.content, 0).text })),
    );
  }

  async encode(
    text: string,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
    special: SpecialTokensIn = 'text',
  ): Promise<EncodedText> {
    // A lone surrogate is no text: as everywhere, U+FFFD stands for it, one for one.
    const clean = text.replace(/\p{Cs}/gu, '\ufffd');
    const tokens = new SpannedTokens(clean, this.names);
    const steps = this.steps(clean, tokens, special === 'token');
    const { cutting, tooSlow } = this.definition;
    await inSlices(cutting.ownPattern ? guardedSteps(steps, tooSlow) : steps, signal, onProgress);
    return tokens;
  }

  find(text: string): number | null {
    return this.names.idOfText(text);
  }

  has(id: number): boolean {
    return this.names.has(id);
  }

  isSpecial(id: number): boolean {
    return this.names.isSpecial(id);
  }

  bytesOf(id: number): Uint8Array {
    return this.names.bytesOf(id);
  }

  textOf(id: number): string {
    return tokenText(this.names.bytesOf(id));
  }

  /** Appends the text's tokens to `tokens`. Yields often, with the part of the text that is done. */
  private *steps(text: string, tokens: SpannedTokens, special: boolean): Generator<number, void> {
    const bytes = new ByteCount(text);
    const symbols = new Symbols(this.symbolIds, this.definition.model, bytes);
    for (const { token, start, end } of this.addedAsIs.sections(text, special)) {
      if (token) {
        tokens.push(token.id, start, end, 0, bytes.before(end) - bytes.before(start));
        yield end / text.length;
      } else {
        const aligned = this.normalized(text.slice(start, end), start);
        for (const done of this.encodeSection(aligned, tokens, symbols, bytes, special)) {
          yield (start + ((end - start) * done) / aligned.text.length) / text.length;
        }
      }
    }
  }

  private normalized(text: string, offset: number): Aligned {
    const alignments = [];
    for (const normalizer of this.definition.normalizers) {
      const { text: changed, alignment } = normalizer(text);
      text = changed;
      if (alignment) alignments.push(alignment);
    }
    return { text, offset, alignments };
  }

  /** What lies between added tokens. Yields the number of its UTF-16 units that are done. */
  private *encodeSection(
    aligned: Aligned,
    tokens: SpannedTokens,
    symbols: Symbols,
    bytes: ByteCount,
    special: boolean,
  ): Generator<number, void> {
    let unitsSinceStep = 0;
    for (const { token, start, end } of this.addedNormalized.sections(aligned.text, special)) {
      if (token) {
        const [first, last] = rangeOf(aligned, start, end);
        tokens.push(token.id, first, last, 0, bytes.before(last) - bytes.before(first));
        yield end;
        continue;
      }
      let pieces: Iterable<Piece> = [{ aligned, from: start, to: end }];
      for (const cut of this.definition.cutting.steps) pieces = cut(pieces);
      for (const piece of pieces) {
        yield* this.encodePiece(piece, tokens, symbols, start);
        unitsSinceStep += piece.to - piece.from;
        if (unitsSinceStep < UNITS_PER_STEP) continue;
        unitsSinceStep = 0;
        yield Math.min(end, start + piece.to);
      }
    }
  }

  private *encodePiece(
    piece: Piece,
    tokens: SpannedTokens,
    symbols: Symbols,
    done: number,
  ): Generator<number, void> {
    symbols.read(piece);
    const { count } = symbols;
    if (count === 0) return;
    const text = piece.aligned.text.slice(piece.from, piece.to);
    const whole = this.definition.model.ignoreMerges ? this.names.idOfPiece(text) : undefined;
    if (whole !== undefined) {
      tokens.push(whole, ...symbols.placeOf(0, count));
      return;
    }
    let ids: ArrayLike<number> | undefined;
    if (count <= SHORT_PIECE) {
      ids = this.knownPieces.get(text) ?? this.mergeShort(text, symbols);
    } else {
      const long: number[] = [];
      // The piece's own: another text may be encoded between two turns.
      const merge = new PairMerge(this.pairs, this.lengths);
      for (const at of mergeLongPiece(merge, symbols.ids.subarray(0, count), long)) {
        yield done + ((piece.to - piece.from) * at) / count;
      }
      ids = long;
    }
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      const next = at + this.lengths[ids[i]!]!;
      tokens.push(ids[i]!, ...symbols.placeOf(at, next));
      at = next;
    }
  }

  private mergeShort(text: string, symbols: Symbols): Int32Array {
    const count = this.merge.merge(symbols.ids, 0, symbols.count);
    const ids = this.merge.ids.slice(0, count);
    if (this.knownPieces.size === KNOWN_PIECES) this.knownPieces.clear();
    this.knownPieces.set(text, ids);
    return ids;
  }
}

/** The range of the original text that `[start, end)` of the changed one stands for. */
function rangeOf(aligned: Aligned, start: number, end: number): [number, number] {
  const [first] = originalRange(aligned, start, start + 1);
  return [first, Math.max(first, originalRange(aligned, end - 1, end)[1])];
}
