import type { InspectedToken } from '../protocol/inspection';
import type { ComparedToken, Edit, Intervention } from '../protocol/interventions';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionData } from './sectionData';

/** What an intervention did along the text, as far as it is there; NaN is not there (yet). */
export interface AlongText {
  kl: Float32Array; // [n], nats, of the distribution after each token
  logprobBefore: Float32Array; // [n], of the token that follows
  logprobAfter: Float32Array; // [n]
}

/**
 * The `count` likeliest tokens of either side, each once: the model's own first, then those that
 * came up.
 */
export function comparedTokens({ before, after }: Intervention, count = Infinity): ComparedToken[] {
  const own = before.slice(0, count);
  const ids = new Set(own.map(({ id }) => id));
  return [...own, ...after.slice(0, count).filter(({ id }) => !ids.has(id))];
}

/** Bits by which the whole text became harder to expect; null until all of it is there. */
export function surprisalChange({ logprobBefore, logprobAfter }: AlongText): number | null {
  let nats = 0;
  for (let at = 0; at < logprobBefore.length - 1; at++) {
    nats += logprobBefore[at]! - logprobAfter[at]!;
  }
  return Number.isNaN(nats) ? null : nats / Math.LN2;
}

export function whatIfData(
  found: Intervention,
  edits: readonly Edit[],
  along: AlongText,
  tokens: readonly InspectedToken[],
): SectionData {
  const rows = comparedTokens(found);
  const known = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? null : value;
  return {
    name: `what-if-${found.position}`,
    columns: [
      'token',
      'id',
      'own probability',
      'changed',
      'difference',
      'own rank',
      'changed rank',
    ],
    rows: rows.map(({ text, id, logprobBefore, logprobAfter, rankBefore, rankAfter }) => [
      displayToken(text),
      id,
      Math.exp(logprobBefore),
      Math.exp(logprobAfter),
      Math.exp(logprobAfter) - Math.exp(logprobBefore),
      rankBefore,
      rankAfter,
    ]),
    json: {
      edits,
      ...found,
      tokens: tokens.map(({ index, id, text }) => ({
        index,
        id,
        text,
        logprobBefore: known(along.logprobBefore[index - 1]),
        logprobAfter: known(along.logprobAfter[index - 1]),
        kl: known(along.kl[index]),
      })),
    },
  };
}
