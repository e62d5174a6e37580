import { compareInspections, type Comparison } from '../inspection/comparison';
import type { InspectedToken, Inspection } from '../protocol/inspection';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/** What is needed of a text to compare it. */
export type ComparedSide = Pick<Inspection, 'model' | 'tokens'>;

/** Two inspections and what their comparison says of each token of either. */
export interface ComparedTexts<Side extends ComparedSide = Inspection> {
  a: Side;
  b: Side;
  comparison: Comparison;
  /** Difference in bits by index; NaN where the other text has no such token, or nothing is expected. */
  differencesA: Float64Array;
  differencesB: Float64Array;
  /** Index of the same token in the other text; -1 for none. */
  toB: Int32Array;
  toA: Int32Array;
  /** A round number of bits that no difference exceeds: the end of the colour scale. */
  most: number;
}

/** @throws {UserError} where the two cannot be compared. */
export function comparedTexts<Side extends ComparedSide>(a: Side, b: Side): ComparedTexts<Side> {
  const comparison = compareInspections(a, b);
  const differencesA = new Float64Array(a.tokens.length).fill(NaN);
  const differencesB = new Float64Array(b.tokens.length).fill(NaN);
  const toB = new Int32Array(a.tokens.length).fill(-1);
  const toA = new Int32Array(b.tokens.length).fill(-1);
  let largest = 0;
  for (const pair of comparison.pairs) {
    toB[pair.a] = pair.b;
    toA[pair.b] = pair.a;
    differencesA[pair.a] = differencesB[pair.b] = pair.difference ?? NaN;
    largest = Math.max(largest, Math.abs(pair.difference ?? 0));
  }
  const most = [0.1, 0.5, 1, 2, 5, 10, 20].find((end) => largest <= end) ?? Math.ceil(largest);
  return { a, b, comparison, differencesA, differencesB, toB, toA, most };
}

/** A token of either text by its index, or the same token in both; -1 for none on that side. */
export interface TokenPair {
  a: number;
  b: number;
}

/** Some token is in both texts, and expected in both. */
export function isExpectedInBoth({ comparison }: ComparedTexts<ComparedSide>): boolean {
  return comparison.pairs.some(({ difference }) => difference !== null);
}

/** The common tokens whose surprisal differs most, the largest difference first; those that differ by nothing are left out. */
export function largestDifferences({ comparison }: ComparedTexts<ComparedSide>, count: number) {
  return comparison.pairs
    .filter(({ difference }) => difference !== null && Math.abs(difference) >= 0.005)
    .sort((x, y) => Math.abs(y.difference!) - Math.abs(x.difference!))
    .slice(0, count);
}

/** The text that a pass read, from its tokens' bytes; a beginning-of-text token has none. */
export function textOf(tokens: readonly InspectedToken[]): string {
  const bytes = tokens.flatMap(({ bytes }) => bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

/** Every token of both texts in order: common ones once, with both surprisals. */
export function comparisonTable({ a, b, comparison }: ComparedTexts): SectionTable {
  const bits = ({ logprob }: InspectedToken) => (logprob === null ? null : -logprob / Math.LN2);
  const choice = (tokens: readonly InspectedToken[], index: number) => {
    const top = tokens[index - 1]?.top[0];
    return top ? displayToken(top.text) : null;
  };
  const rows = comparison.stretches.flatMap((stretch) => {
    const ofA = a.tokens.slice(stretch.a.start, stretch.a.end);
    const ofB = b.tokens.slice(stretch.b.start, stretch.b.end);
    if (stretch.kind === 'same') {
      return ofA.map((token, i) => {
        const [bitsA, bitsB] = [bits(token), bits(ofB[i]!)];
        const difference = bitsA === null || bitsB === null ? null : bitsB - bitsA;
        const choices = [choice(a.tokens, token.index), choice(b.tokens, ofB[i]!.index)];
        return ['both', displayToken(token.text), bitsA, bitsB, difference, ...choices];
      });
    }
    return [
      ...ofA.map((t) => [
        'A only', displayToken(t.text), bits(t), null, null, choice(a.tokens, t.index), null,
      ]),
      ...ofB.map((t) => [
        'B only', displayToken(t.text), null, bits(t), null, null, choice(b.tokens, t.index),
      ]),
    ];
  }); // prettier-ignore
  return {
    name: 'comparison',
    columns: ['in', 'token', 'A (bits)', 'B (bits)', 'difference', 'A expected', 'B expected'],
    rows,
    json: {
      a: { model: a.model, tokens: a.tokens, totals: a.totals },
      b: { model: b.model, tokens: b.tokens, totals: b.totals },
      ...comparison,
    },
  };
}
