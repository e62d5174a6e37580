import type { Token } from '../protocol/inspection';
import type { TokenColumns } from '../protocol/reading';
import type { TokenTable } from './tokenTable';
import { tokenText } from './tokenText';
import { isContinuation, unitsBegunBy } from './utf8';

/** Ids per block: blocks are never copied when the text turns out longer. */
const BLOCK = 1 << 16;

/** What a text was encoded to: its ids, and on demand where they lie in the text. */
export interface EncodedText {
  /** Number of tokens. */
  readonly length: number;
  /** The ids of the tokens `[from, to)`; by default all. Bounds are taken as by `Array.slice`. */
  ids(from?: number, to?: number): Uint32Array;
  /** The tokens `[from, to)` with text, bytes and UTF-16 range. Bounds as by `Array.slice`. */
  slice(from?: number, to?: number): Token[];
  /** All tokens' ids, UTF-16 ranges and numbers of bytes: a hundredth of what `slice` takes. */
  columns(): TokenColumns;
}

/** One token of a sequence, and where it lies in the text. */
interface Span {
  id: number;
  bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * Ids, four bytes each, and nothing else: the concatenated bytes of the tokens are the text's
 * UTF-8, and UTF-8 alone tells how many UTF-16 units came before (one for each first byte of a
 * character, two if it is F0 or higher). The text itself is not kept.
 */
export class TokenSequence implements EncodedText {
  length = 0;
  private readonly blocks: Uint32Array[] = [];
  /** UTF-16 units before each block. */
  private readonly unitsBefore: number[] = [];
  private block: Uint32Array = new Uint32Array(0);

  constructor(private readonly table: TokenTable) {}

  push(id: number): void {
    const at = this.length % BLOCK;
    if (at === 0) this.addBlock();
    this.block[at] = id;
    this.length++;
  }

  /** Takes the last token back. */
  pop(): number | undefined {
    if (this.length === 0) return undefined;
    this.length--;
    const at = this.length % BLOCK;
    const id = this.block[at]!;
    if (at === 0) {
      this.blocks.pop();
      this.unitsBefore.pop();
      this.block = this.blocks.at(-1) ?? new Uint32Array(0);
    }
    return id;
  }

  /** The id of a token; a negative index counts from the end. */
  at(index: number): number | undefined {
    const place = index < 0 ? this.length + index : index;
    if (place < 0 || place >= this.length) return undefined;
    return this.blocks[Math.floor(place / BLOCK)]![place % BLOCK];
  }

  ids(from = 0, to = this.length): Uint32Array {
    const [begin, end] = this.bounds(from, to);
    const result = new Uint32Array(end - begin);
    for (let i = begin; i < end;) {
      const part = this.blocks[Math.floor(i / BLOCK)]!.subarray(i % BLOCK, (i % BLOCK) + end - i);
      result.set(part, i - begin);
      i += part.length;
    }
    return result;
  }

  slice(from = 0, to = this.length): Token[] {
    return Array.from(this.spans(...this.bounds(from, to)), ({ id, bytes, start, end }) => ({
      id,
      text: tokenText(bytes),
      bytes: Array.from(bytes),
      start,
      end,
      special: this.table.isSpecial(id),
    }));
  }

  columns(): TokenColumns {
    const ids = this.ids();
    const starts = new Uint32Array(this.length);
    const ends = new Uint32Array(this.length);
    const byteLengths = new Uint32Array(this.length);
    let index = 0;
    for (const { bytes, start, end } of this.spans(0, this.length)) {
      starts[index] = start;
      byteLengths[index] = bytes.length;
      ends[index++] = end;
    }
    return { ids, starts, ends, byteLengths };
  }

  private *spans(begin: number, end: number): Generator<Span, void> {
    if (begin === end) return;
    let units = this.unitsUpTo(begin);
    let lastWidth = this.widthOfCharacterBefore(begin);
    for (const id of this.ids(begin, end)) {
      const bytes = this.table.bytesOf(id);
      const start = isContinuation(bytes[0]!) ? units - lastWidth : units;
      for (const byte of bytes) {
        const width = unitsBegunBy(byte);
        if (width > 0) lastWidth = width;
        units += width;
      }
      yield { id, bytes, start, end: units };
    }
  }

  private addBlock(): void {
    const last = this.blocks.length - 1;
    this.unitsBefore.push(last < 0 ? 0 : this.unitsBefore[last]! + this.unitsIn(this.block));
    this.block = new Uint32Array(BLOCK);
    this.blocks.push(this.block);
  }

  /** UTF-16 units of the characters that begin before token `index`. */
  private unitsUpTo(index: number): number {
    const block = Math.floor(index / BLOCK);
    return this.unitsBefore[block]! + this.unitsIn(this.blocks[block]!.subarray(0, index % BLOCK));
  }

  private unitsIn(ids: Uint32Array): number {
    const { utf16Units } = this.table;
    let sum = 0;
    for (let i = 0; i < ids.length; i++) sum += utf16Units[ids[i]!]!;
    return sum;
  }

  /** UTF-16 units of the last character that begins before token `index`. */
  private widthOfCharacterBefore(index: number): number {
    // A character has four bytes at most, so its first byte lies at most three tokens back.
    for (const id of this.ids(Math.max(0, index - 3), index).reverse()) {
      for (const byte of this.table.bytesOf(id).slice().reverse()) {
        const width = unitsBegunBy(byte);
        if (width > 0) return width;
      }
    }
    return 0;
  }

  private bounds(from: number, to: number): [number, number] {
    const clamp = (index: number): number =>
      Math.min(this.length, index < 0 ? Math.max(0, this.length + index) : index);
    const begin = clamp(from);
    return [begin, Math.max(begin, clamp(to))];
  }
}
