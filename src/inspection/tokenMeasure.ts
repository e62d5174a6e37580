import type { InspectedToken } from '../protocol/inspection';
import type { TokenColoring } from '../protocol/panel';

/** What tokens are coloured by, in the panel and in the editor. */
export type TokenMeasure = Exclude<TokenColoring, 'none'>;

/** Surprisal and entropy are full at 15 bits: one in 32,768. */
export const fullBits = 15;
/** Steps of a scale that are told apart where colour cannot say it all. */
export const measureLevels = 5;

/** Buckets of ranks as in GLTR (Gehrmann et al. 2019), with the first rank apart. */
export const rankBuckets = [1, 10, 100, 1000] as const;

/** The value that colours a token, in the scale's unit; null where nothing was expected. */
export function tokenValue(
  measure: TokenMeasure,
  token: Pick<InspectedToken, 'logprob' | 'rank' | 'entropy'>,
): number | null {
  switch (measure) {
    case 'surprisal':
      return token.logprob === null ? null : -token.logprob / Math.LN2;
    case 'probability':
      return token.logprob === null ? null : Math.exp(token.logprob);
    case 'entropy':
      return token.entropy === null ? null : token.entropy / Math.LN2;
    case 'rank':
      return token.rank;
  }
}

/** Where a value stands between the two ends of its scale, from 0 to 1. */
export function scalePosition(measure: TokenMeasure, value: number): number {
  switch (measure) {
    case 'surprisal':
    case 'entropy':
      return clamp(value / fullBits);
    case 'probability':
      return clamp(value);
    case 'rank':
      return rankBucket(value) / rankBuckets.length;
  }
}

/** The level, from 0 to 4, at a place of a scale. */
export function scaleLevel(position: number): number {
  return Math.min(measureLevels - 1, Math.floor(clamp(position) * measureLevels));
}

/** 0 for the first rank, 1 up to the 10th, 2 up to the 100th, 3 up to the 1,000th, else 4. */
export function rankBucket(rank: number): number {
  const bucket = rankBuckets.findIndex((last) => rank <= last);
  return bucket === -1 ? rankBuckets.length : bucket;
}

/** Tokens in each bucket, as shares of all; `to` is null for the last. */
export function rankShares(counts: readonly number[]) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((tokens, bucket) => ({
    from: bucket === 0 ? 1 : rankBuckets[bucket - 1]! + 1,
    to: rankBuckets[bucket] ?? null,
    tokens,
    share: all > 0 ? tokens / all : null,
  }));
}

function clamp(t: number): number {
  return Math.max(0, Math.min(1, t));
}
