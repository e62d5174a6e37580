import type { InspectedToken } from '../protocol/inspection';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/**
 * A pattern as data: the current token's row and column as a table, all of it as JSON. What a query
 * cannot see (the future, and what lies outside its window) is null in the table.
 */
export function attentionData(
  name: string,
  about: Record<string, unknown>,
  tokens: readonly InspectedToken[],
  pattern: Float32Array, // [queryPos, keyPos]
  position: number,
  window = Infinity,
): SectionTable {
  const n = tokens.length;
  const current = `${displayToken(tokens[position]!.text)} (${position})`;
  return {
    name: `attention-${name.replace(/\s+/g, '-')}`,
    columns: ['Position', 'Token', `From ${current}`, `To ${current}`],
    rows: tokens.map(({ text }, index) => [
      index,
      displayToken(text),
      index <= position && position - index < window ? pattern[position * n + index]! : null,
      index >= position && index - position < window ? pattern[index * n + position]! : null,
    ]),
    // Made when it is asked for: a long text's pattern has a million weights.
    get json() {
      return {
        ...about,
        tokens: tokens.map(({ id, text }, index) => ({ index, id, text })),
        pattern: tokens.map((_, query) => Array.from(pattern.subarray(query * n, (query + 1) * n))),
      };
    },
  };
}
