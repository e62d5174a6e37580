import type { InspectedToken, Inspection, NextToken, Token } from '../protocol/inspection';
import type { Prediction } from './predictions';

/** Puts each token beside the distribution that it was drawn from and the one that follows it. */
export function inspectedTokens(
  tokens: readonly Token[],
  predictions: readonly Prediction[],
  textOf: (id: number) => string,
): InspectedToken[] {
  return tokens.map((token, index) => {
    const before = predictions[index - 1];
    return {
      index,
      ...token,
      logprob: before?.actual?.logprob ?? null,
      rank: before?.actual?.rank ?? null,
      entropy: before?.entropy ?? null,
      top: predictions[index]!.top.map(({ id, logprob }) => ({ id, text: textOf(id), logprob })),
    };
  });
}

/** The distribution after the last token. */
export function nextTokens(
  predictions: readonly Prediction[],
  textOf: (id: number) => string,
): NextToken[] {
  return predictions.at(-1)!.top.map(({ id, logit, logprob }) => ({
    id,
    text: textOf(id),
    logit,
    logprob,
    probability: Math.exp(logprob),
  }));
}

/**
 * Sums over all tokens that have an expectation: surprisal in nats, bits per UTF-8 byte of these
 * tokens, and perplexity, e to the mean surprisal.
 */
export function totals(tokens: readonly InspectedToken[]): Inspection['totals'] {
  const expected = tokens.filter(({ logprob }) => logprob !== null);
  const nats = expected.reduce((sum, { logprob }) => sum - logprob!, 0);
  const bytes = expected.reduce((sum, token) => sum + token.bytes.length, 0);
  return totalsOf({ tokens: tokens.length, predicted: expected.length, nats, bytes });
}

/** What sums over the predicted tokens, of all `tokens` of a text, come to. */
export function totalsOf({
  tokens,
  predicted,
  nats,
  bytes,
}: Record<'tokens' | 'predicted' | 'nats' | 'bytes', number>): Inspection['totals'] {
  return {
    tokens,
    nats,
    bitsPerByte: bytes > 0 ? nats / Math.LN2 / bytes : null,
    perplexity: predicted > 0 ? Math.exp(nats / predicted) : null,
  };
}
