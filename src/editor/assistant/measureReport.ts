import type { InspectedToken } from '../../protocol/inspection';
import { count } from '../numbers';
import {
  bits,
  caveats,
  likeliest,
  modelOf,
  ownTokens,
  ownTotals,
  rounded,
  type MeasuredText,
} from './measuredText';
import { fullestWithin, type TokenBudget } from './tokenBudget';

/** Of so many tokens it is said what was expected in their place. */
const EXPLAINED = 5;

/**
 * A measured text as JSON for an assistant. Where its budget is too small for all tokens, the least
 * surprising ones are left out, last of all what comes next; a note says so, and the totals are
 * always of all tokens.
 */
export function measureReport(
  measured: MeasuredText,
  budget: TokenBudget | undefined,
): Promise<string> {
  const { inspection } = measured;
  const tokens = ownTokens(measured);
  const notes = caveats(measured);
  const bySurprise = tokens
    .map((token, index) => ({ token, index }))
    .sort((a, b) => surprise(b.token) - surprise(a.token) || a.index - b.index);

  // Version 0 is without what comes next, version 1 without tokens, and so on up to all of them.
  return fullestWithin(
    tokens.length + 1,
    (fullness) => {
      const kept = bySurprise.slice(0, Math.max(0, fullness - 1));
      const leftOut = bySurprise.slice(kept.length).map(({ token }) => token);
      const report = {
        model: modelOf(inspection),
        totals: ownTotals(tokens),
        columns: ['index', 'text', 'bits', 'rank', 'entropyBits'],
        tokens: kept.sort((a, b) => a.index - b.index).map(({ token, index }) => row(token, index)),
        mostSurprising: bySurprise
          .slice(0, Math.min(EXPLAINED, kept.length))
          .filter(({ token }) => token.logprob !== null)
          .map(({ token, index }) => ({
            index,
            text: token.text,
            bits: bits(token),
            expected: likeliest(inspection.tokens[token.index - 1]?.top ?? []),
          })),
        ...(fullness > 0 ? { next: likeliest(inspection.next) } : {}),
        notes: [...notes, ...omissions(leftOut, fullness === 0)],
      };
      return JSON.stringify(report);
    },
    budget,
  );
}

function row(token: InspectedToken, index: number) {
  const entropyBits = token.entropy === null ? null : rounded(token.entropy / Math.LN2);
  return [index, token.text, bits(token), token.rank, entropyBits];
}

function omissions(leftOut: readonly InspectedToken[], nextLeftOut: boolean): string[] {
  const notes = [];
  if (leftOut.length > 0) {
    const together = rounded(leftOut.reduce((sum, token) => sum + (bits(token) ?? 0), 0));
    const [tokens, were] = leftOut.length === 1 ? ['token', 'was'] : ['tokens', 'were'];
    notes.push(`${count(leftOut.length)} ${tokens}, the least surprising (${together} bits together), ${were} left out to fit the token budget; totals are of all tokens. Pass a shorter text, with what stands before it as "context", to see every token.`); // prettier-ignore
  }
  if (nextLeftOut) {
    notes.push('The next-token distribution was left out to fit the token budget.');
  }
  return notes;
}

/** For the order only: a token that nothing was expected of tells least. */
const surprise = ({ logprob }: InspectedToken) => (logprob === null ? -1 : -logprob);
