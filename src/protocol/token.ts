import type { ModelRef, Token } from './inspection';

/** A token by its id, or as a person writes it (see `inspection/namedToken`). */
export type TokenName = string | number;

/** Requests about single tokens. */
export interface TokenRequests {
  /** The token that a person means; refused with a sentence where it is none, or several. */
  namedToken: {
    params: { model: ModelRef; name: TokenName };
    result: { id: number; text: string };
  };
  /** What tokens of the vocabulary stand for. */
  tokensOfIds: {
    params: { model: ModelRef; ids: number[] };
    result: Pick<Token, 'id' | 'text' | 'bytes' | 'special'>[];
  };
}
