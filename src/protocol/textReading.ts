/**
 * What the name of a special token means where it stands in a text: `text`, characters like any
 * others; or `token`, the token.
 */
export type SpecialTokensIn = 'text' | 'token';

/** How a text becomes tokens, whatever the model. */
export interface TextReading {
  /** Put the beginning-of-text token in front; `auto`: where the model was trained with it. */
  bos: boolean | 'auto';
  /** By default `text`. */
  specialTokens?: SpecialTokensIn | undefined;
}
