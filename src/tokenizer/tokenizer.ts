import type { SpecialTokensIn } from '../protocol/textReading';
import type { EncodedText } from './encodedText';

/** A token that stands for no text of its own: end-of-text, the turns of a chat and the like. */
export interface SpecialToken {
  id: number;
  /** Its name, such as `<|endoftext|>`. */
  text: string;
}

export interface Tokenizer {
  /**
   * Such as `r50k_base`. Two tokenizers have the same name only if they cut every text into the
   * same tokens.
   */
  readonly name: string;
  /** One more than the largest id, special tokens included; ids below it may stand for nothing. */
  readonly vocabSize: number;
  readonly endOfTextId: number | null;
  /** What stands before a text where the model was trained with that; null where there is none. */
  readonly bosTokenId: number | null;
  /** The model was trained with `bosTokenId` before each text. */
  readonly addsBos: boolean;
  /** By id. */
  readonly specialTokens: readonly SpecialToken[];

  /**
   * All tokens of the text, none put before or behind it. By default the text is ordinary text
   * throughout: `<|endoftext|>` in it is thirteen characters like any others. A long text is
   * encoded in slices of some milliseconds, with turns of the event loop between them.
   *
   * @param signal stops the work at the end of a slice
   * @param onProgress told after each slice how far it is, from 0 to 1
   * @param special what the names of special tokens mean in this text
   * @throws the signal's reason, once it is aborted
   */
  encode(
    text: string,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
    special?: SpecialTokensIn,
  ): Promise<EncodedText>;

  /** The ordinary token that is exactly this text, whatever the text would be cut into. */
  find(text: string): number | null;

  /** There is a token with this id. */
  has(id: number): boolean;

  isSpecial(id: number): boolean;

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
