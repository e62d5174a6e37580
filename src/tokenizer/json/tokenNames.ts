import { namedBytes } from '../byteNames';
import type { SpecialToken } from '../tokenizer';
import type { Cutting } from './readPreTokenizers';
import type { AddedDefinition, BpeModel } from './vocabularyFile';
import { tokenText } from '../tokenText';

/** What the tokens of a vocabulary stand for. */
export class TokenNames {
  /** One more than the largest id. */
  readonly size: number;
  /** By id. */
  readonly special: readonly SpecialToken[];
  private readonly added: ReadonlyMap<number, AddedDefinition>;
  private readonly kept: (Uint8Array | undefined)[] = [];
  private pieces: ReadonlyMap<string, number> | undefined;

  constructor(
    /** Of the tokenizer. */
    private readonly name: string,
    private readonly model: BpeModel,
    added: readonly AddedDefinition[],
    private readonly cutting: Pick<Cutting, 'byteLevel' | 'metaspace'>,
  ) {
    this.added = new Map(added.map((token) => [token.id, token]));
    this.size = added.reduce((size, { id }) => Math.max(size, id + 1), model.names.length);
    this.special = added
      .filter(({ special }) => special)
      .map(({ id, content }) => ({ id, text: content }))
      .sort((a, b) => a.id - b.id);
  }

  has(id: number): boolean {
    return this.added.has(id) || this.model.names[id] !== undefined;
  }

  isSpecial(id: number): boolean {
    return this.added.get(id)?.special ?? false;
  }

  /** @throws RangeError if there is no such token */
  bytesOf(id: number): Uint8Array {
    const bytes = this.kept[id];
    if (bytes) return bytes;
    if (!this.has(id)) throw new RangeError(`${this.name} has no token ${id}.`);
    return (this.kept[id] = this.read(id));
  }

  textOf(id: number): string {
    return tokenText(this.bytesOf(id));
  }

  /** The token whose name writes the piece, if there is one. */
  idOfPiece(piece: string): number | undefined {
    if (!this.cutting.byteLevel) return this.model.ids.get(piece);
    this.pieces ??= this.readPieces();
    return this.pieces.get(piece);
  }

  /** The ordinary token that stands for exactly this text. */
  idOfText(text: string): number | null {
    const { metaspace } = this.cutting;
    const id = this.idOfPiece(metaspace ? text.replaceAll(' ', metaspace) : text);
    return id === undefined || this.isSpecial(id) ? null : id;
  }

  private read(id: number): Uint8Array {
    const added = this.added.get(id);
    if (added) return new TextEncoder().encode(added.content);
    const name = this.model.names[id]!;
    if (this.cutting.byteLevel) {
      const bytes = namedBytes(name);
      return bytes ? Uint8Array.from(bytes) : new TextEncoder().encode(name);
    }
    const byte = this.model.byteFallback ? /^<0x([0-9A-F]{2})>$/.exec(name) : null;
    if (byte) return Uint8Array.of(parseInt(byte[1]!, 16));
    const { metaspace } = this.cutting;
    return new TextEncoder().encode(metaspace ? name.replaceAll(metaspace, ' ') : name);
  }

  private readPieces(): Map<string, number> {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const pieces = new Map<string, number>();
    for (const [name, id] of this.model.ids) {
      const bytes = namedBytes(name);
      if (!bytes) continue;
      try {
        pieces.set(decoder.decode(Uint8Array.from(bytes)), id);
      } catch {
        // No text: no piece is it.
      }
    }
    return pieces;
  }
}
