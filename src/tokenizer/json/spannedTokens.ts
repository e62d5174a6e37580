import type { Token } from '../../protocol/inspection';
import type { TokenColumns } from '../../protocol/reading';
import type { EncodedText } from '../encodedText';

/** Tokens per block: blocks are never copied when the text turns out longer. */
const BLOCK = 1 << 12;

/** Columns of a block: id, start, end, bytes before the token within its range, its bytes. */
const ID = 0;
const START = 1;
const END = 2;
const SKIP = 3;
const BYTES = 4;
const COLUMNS = 5;

/** What is needed of a vocabulary to describe tokens. */
interface Names {
  textOf(id: number): string;
  isSpecial(id: number): boolean;
}

/**
 * Tokens with their places in the text, which their own bytes do not tell: where a space was put
 * before the text, an accent was composed with its letter, or a character is unknown. A token's
 * bytes here are those of the text that it stands for, so that all tokens together are the text.
 */
export class SpannedTokens implements EncodedText {
  length = 0;
  private readonly blocks: Uint32Array[] = [];

  /** @param text without lone surrogates */
  constructor(
    private readonly text: string,
    private readonly names: Names,
  ) {}

  /**
   * @param start UTF-16 units, as of `Token`
   * @param skip bytes of the range before the token's own
   * @param bytes the token's own
   */
  push(id: number, start: number, end: number, skip: number, bytes: number): void {
    const at = this.length % BLOCK;
    if (at === 0) this.blocks.push(new Uint32Array(BLOCK * COLUMNS));
    const block = this.blocks.at(-1)!;
    block[at + ID * BLOCK] = id;
    block[at + START * BLOCK] = start;
    block[at + END * BLOCK] = end;
    block[at + SKIP * BLOCK] = skip;
    block[at + BYTES * BLOCK] = bytes;
    this.length++;
  }

  ids(from = 0, to = this.length): Uint32Array {
    return this.column(ID, from, to);
  }

  slice(from = 0, to = this.length): Token[] {
    const ids = this.column(ID, from, to);
    const [starts, ends] = [this.column(START, from, to), this.column(END, from, to)];
    const [skips, lengths] = [this.column(SKIP, from, to), this.column(BYTES, from, to)];
    const encoder = new TextEncoder();
    return Array.from(ids, (id, i) => {
      const [start, end, skip] = [starts[i]!, ends[i]!, skips[i]!];
      const bytes = encoder.encode(this.text.slice(start, end));
      return {
        id,
        text: this.names.textOf(id),
        bytes: Array.from(bytes.subarray(skip, skip + lengths[i]!)),
        start,
        end,
        special: this.names.isSpecial(id),
      };
    });
  }

  columns(): TokenColumns {
    return {
      ids: this.column(ID),
      starts: this.column(START),
      ends: this.column(END),
      byteLengths: this.column(BYTES),
    };
  }

  private column(column: number, from = 0, to = this.length): Uint32Array {
    const clamp = (index: number): number =>
      Math.min(this.length, index < 0 ? Math.max(0, this.length + index) : index);
    const begin = clamp(from);
    const end = Math.max(begin, clamp(to));
    const result = new Uint32Array(end - begin);
    for (let i = begin; i < end;) {
      const within = i % BLOCK;
      const count = Math.min(end - i, BLOCK - within);
      const first = column * BLOCK + within;
      result.set(this.blocks[Math.floor(i / BLOCK)]!.subarray(first, first + count), i - begin);
      i += count;
    }
    return result;
  }
}
