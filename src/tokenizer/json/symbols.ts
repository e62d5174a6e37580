import { byteNames } from '../byteNames';
import { writeUtf8 } from '../utf8';
import { originalRange } from './alignment';
import type { ByteCount } from './byteCount';
import type { Piece } from './pieces';
import type { BpeModel } from './vocabularyFile';

/** No token. */
const NONE = -1;

/** Which tokens single characters and bytes are: what merging begins with. */
export class SymbolIds {
  /** By code point; of vocabularies that are not byte-level. */
  readonly ofCharacter = new Map<number, number>();
  /** By byte: the token, or -1. */
  readonly ofByte: Int32Array;
  /** A character that is no token is written in tokens of its bytes. */
  readonly byBytes: boolean;

  constructor(
    model: BpeModel,
    readonly byteLevel: boolean,
  ) {
    const byteName = (byte: number): string =>
      byteLevel ? byteNames[byte]! : `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    this.ofByte = Int32Array.from(
      { length: 256 },
      (_, byte) => model.ids.get(byteName(byte)) ?? NONE,
    );
    this.byBytes = byteLevel || model.byteFallback;
    if (byteLevel) return;
    for (const [name, id] of model.ids) {
      const codePoint = name.codePointAt(0);
      if (codePoint === undefined || name.length > (codePoint > 0xffff ? 2 : 1)) continue;
      this.ofCharacter.set(codePoint, id);
    }
  }
}

/**
 * The symbols of one piece: the tokens that merging begins with, bytes or characters, and where each
 * lies in the original text.
 */
export class Symbols {
  count = 0;
  ids = new Int32Array(0);
  /** UTF-16 range of the character that the symbol is, or is a byte of. */
  private starts = new Int32Array(0);
  private ends = new Int32Array(0);
  /** Bytes of the text before that range. */
  private rangeBytes = new Int32Array(0);
  /** The bytes that the symbol stands for, counted from the beginning of the text. */
  private byteStarts = new Int32Array(0);
  private byteEnds = new Int32Array(0);
  /** Up to here all bytes have a symbol. */
  private covered = 0;
  private readonly utf8 = new Uint8Array(4);

  constructor(
    private readonly symbolIds: SymbolIds,
    private readonly model: Pick<BpeModel, 'unknownId' | 'fuseUnknown'>,
    private readonly bytes: ByteCount,
  ) {}

  read({ aligned, from, to }: Piece): void {
    const { symbolIds, bytes, utf8 } = this;
    const { text, alignments, offset } = aligned;
    this.reserve((to - from) * 3);
    this.count = 0;
    for (let at = from; at < to;) {
      const codePoint = text.codePointAt(at)!;
      const next = at + (codePoint > 0xffff ? 2 : 1);
      const [start, end] =
        alignments.length === 0 ? [at + offset, next + offset] : originalRange(aligned, at, next);
      const first = bytes.before(start);
      const last = bytes.before(end);
      const id = symbolIds.byteLevel ? NONE : (symbolIds.ofCharacter.get(codePoint) ?? NONE);
      if (id !== NONE) {
        this.add(id, start, end, first, first, last);
      } else {
        const length = writeUtf8(text, at, next, utf8, 0);
        if (symbolIds.byteLevel || this.hasBytes(length)) {
          // A character that was changed into another gives all its bytes to the first of these.
          const same = length === last - first;
          for (let i = 0; i < length; i++) {
            const byte = symbolIds.ofByte[utf8[i]!]!;
            const byteStart = same ? first + i : i === 0 ? first : last;
            this.addKnown(byte, start, end, first, byteStart, same ? byteStart + 1 : last);
          }
        } else {
          this.addKnown(NONE, start, end, first, first, last);
        }
      }
      at = next;
    }
  }

  /** UTF-16 range, and bytes in it, of the symbols `[from, to)`; as `SpannedTokens` takes them. */
  placeOf(from: number, to: number): [start: number, end: number, skip: number, bytes: number] {
    const start = this.starts[from]!;
    const byteStart = this.byteStarts[from]!;
    return [
      start,
      Math.max(start, this.ends[to - 1]!),
      byteStart - this.rangeBytes[from]!,
      this.byteEnds[to - 1]! - byteStart,
    ];
  }

  /** The bytes in `utf8` all have a token. */
  private hasBytes(length: number): boolean {
    if (!this.symbolIds.byBytes) return false;
    for (let i = 0; i < length; i++) {
      if (this.symbolIds.ofByte[this.utf8[i]!] === NONE) return false;
    }
    return true;
  }

  /** With the unknown token in the place of none; nothing, where there is no such token. */
  private addKnown(
    id: number,
    start: number,
    end: number,
    rangeBytes: number,
    byteStart: number,
    byteEnd: number,
  ): void {
    const { unknownId, fuseUnknown } = this.model;
    if (id !== NONE) {
      this.add(id, start, end, rangeBytes, byteStart, byteEnd);
    } else if (unknownId !== null) {
      const last = this.count - 1;
      if (fuseUnknown && last >= 0 && this.ids[last] === unknownId) {
        this.ends[last] = Math.max(this.ends[last]!, end);
        this.byteEnds[last] = this.covered = Math.max(this.covered, byteEnd);
      } else {
        this.add(unknownId, start, end, rangeBytes, byteStart, byteEnd);
      }
    }
  }

  private add(
    id: number,
    start: number,
    end: number,
    rangeBytes: number,
    byteStart: number,
    byteEnd: number,
  ): void {
    const at = this.count++;
    this.ids[at] = id;
    this.starts[at] = start;
    this.ends[at] = end;
    this.rangeBytes[at] = rangeBytes;
    // No byte belongs to two: characters that were changed together share one range.
    this.byteStarts[at] = Math.max(byteStart, this.covered);
    this.byteEnds[at] = this.covered = Math.max(byteEnd, this.byteStarts[at]);
  }

  private reserve(length: number): void {
    if (length <= this.ids.length) return;
    this.ids = new Int32Array(length);
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.rangeBytes = new Int32Array(length);
    this.byteStarts = new Int32Array(length);
    this.byteEnds = new Int32Array(length);
  }
}
