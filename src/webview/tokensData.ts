import type { Inspection } from '../protocol/inspection';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/** The tokens of an inspection as a table, and the inspection as the command line prints it. */
export function tokensData(inspection: Inspection): SectionTable {
  const { model, tokens, next, totals, truncated, timing } = inspection;
  const bits = (nats: number | null) => (nats === null ? null : nats / Math.LN2);
  return {
    name: 'inspection',
    columns: ['token', 'text', 'id', 'probability', 'rank', 'surprisal (bits)', 'entropy (bits)'],
    rows: tokens.map(({ index, text, id, logprob, rank, entropy }) => [
      index,
      displayToken(text),
      id,
      logprob === null ? null : Math.exp(logprob),
      rank,
      bits(logprob === null ? null : -logprob),
      bits(entropy),
    ]),
    json: { model, tokens, next, totals, truncated, timing },
  };
}
