import type { InspectedToken, Inspection } from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import { alignTokens, type AlignedStretch } from './tokenAlignment';

/** A token that stands in both texts, by its indexes, and how much it surprised each time. */
export interface AlignedPair {
  a: number;
  b: number;
  /** Surprisal; null for a first token, of which nothing is expected. */
  bitsA: number | null;
  bitsB: number | null;
  /** bitsB − bitsA: above 0 where it surprises more in b. */
  difference: number | null;
  /** What was expected most in its place is another token in b than in a. */
  otherChoice: boolean;
}

/** A stretch of both texts, with the surprisal of all its tokens. */
export interface ComparedStretch extends AlignedStretch {
  bitsA: number;
  bitsB: number;
}

/** Two texts, or one text under two models, token by token. */
export interface Comparison {
  stretches: ComparedStretch[];
  pairs: AlignedPair[];
  totals: {
    tokensA: number;
    tokensB: number;
    bitsA: number;
    bitsB: number;
    /** bitsB − bitsA, of the whole texts. */
    difference: number;
    /** Pairs whose likeliest token differs. */
    otherChoices: number;
  };
}

/**
 * Compares two inspections: their tokens are aligned, and each pair's surprisal is held against the
 * other's. Surprisals are in bits.
 *
 * @throws {UserError} where the two models cut text into different tokens.
 */
export function compareInspections(
  a: Pick<Inspection, 'tokens' | 'model'>,
  b: Pick<Inspection, 'tokens' | 'model'>,
): Comparison {
  if (a.model.tokenizer !== b.model.tokenizer) {
    throw new UserError(
      `${a.model.name} and ${b.model.name} have different vocabularies (${a.model.tokenizer} and ` +
        `${b.model.tokenizer}), so their tokens cannot be compared one by one. Choose a model with ` +
        'the same vocabulary.',
    );
  }
  const ids = (tokens: readonly InspectedToken[]) => tokens.map(({ id }) => id);
  const aligned = alignTokens(ids(a.tokens), ids(b.tokens));
  const stretches = aligned.map((stretch) => ({
    ...stretch,
    bitsA: totalBits(a.tokens.slice(stretch.a.start, stretch.a.end)),
    bitsB: totalBits(b.tokens.slice(stretch.b.start, stretch.b.end)),
  }));
  const pairs = aligned.flatMap((stretch) =>
    stretch.kind === 'changed'
      ? []
      : Array.from({ length: stretch.a.end - stretch.a.start }, (_, i) =>
          pair(a.tokens, b.tokens, stretch.a.start + i, stretch.b.start + i),
        ),
  );
  const [bitsA, bitsB] = [totalBits(a.tokens), totalBits(b.tokens)];
  return {
    stretches,
    pairs,
    totals: {
      tokensA: a.tokens.length,
      tokensB: b.tokens.length,
      bitsA,
      bitsB,
      difference: bitsB - bitsA,
      otherChoices: pairs.filter(({ otherChoice }) => otherChoice).length,
    },
  };
}

function pair(
  tokensA: readonly InspectedToken[],
  tokensB: readonly InspectedToken[],
  a: number,
  b: number,
): AlignedPair {
  const [bitsA, bitsB] = [bits(tokensA[a]!), bits(tokensB[b]!)];
  const [choiceA, choiceB] = [tokensA[a - 1]?.top[0]?.id, tokensB[b - 1]?.top[0]?.id];
  return {
    a,
    b,
    bitsA,
    bitsB,
    difference: bitsA === null || bitsB === null ? null : bitsB - bitsA,
    otherChoice: choiceA !== undefined && choiceB !== undefined && choiceA !== choiceB,
  };
}

function totalBits(tokens: readonly InspectedToken[]): number {
  return tokens.reduce((sum, token) => sum + (bits(token) ?? 0), 0);
}

/** Surprisal of a token in bits; null where nothing was expected. */
function bits({ logprob }: InspectedToken): number | null {
  return logprob === null ? null : -logprob / Math.LN2;
}
