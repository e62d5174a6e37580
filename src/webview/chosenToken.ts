import type { TokenName } from '../protocol/token';
import type { TokenChoice } from './state/choices/tokenChoice';

/**
 * How to ask for a token that somebody chose: by its id in the vocabulary that it was taken from, in
 * another model's by its text, since there the id is another token.
 */
export function chosenToken({ id, text, folder }: TokenChoice, model: string): TokenName {
  if (id === null) return text;
  return folder === model ? id : `"${text}"`;
}
