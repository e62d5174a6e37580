import {
  compareInspections,
  type AlignedPair,
  type ComparedStretch,
} from '../../inspection/comparison';
import type { InspectedToken } from '../../protocol/inspection';
import { count } from '../numbers';
import { caveats, modelOf, ownTokens, ownTotals, rounded, type MeasuredText } from './measuredText'; // prettier-ignore
import { fullestWithin, type TokenBudget } from './tokenBudget';

/** So many of the tokens in both texts are listed at most: those that moved most. */
const MOVED = 20;

/**
 * Two measured texts as JSON for an assistant: what stands in one in place of what in the other, and
 * which tokens of both became more or less surprising. The smallest differences are left out where
 * there are many or the budget is small, and a note says so; the totals are always of all tokens.
 */
export function compareReport(
  before: MeasuredText,
  after: MeasuredText,
  budget: TokenBudget | undefined,
): Promise<string> {
  const [tokensA, tokensB] = [ownTokens(before), ownTokens(after)];
  const comparison = compareInspections(
    { ...before.inspection, tokens: tokensA },
    { ...after.inspection, tokens: tokensB },
  );
  const changed = comparison.stretches.filter(({ kind }) => kind === 'changed');
  const moved = comparison.pairs
    .filter(({ difference }) => difference !== null && rounded(difference) !== 0)
    .sort((a, b) => Math.abs(b.difference!) - Math.abs(a.difference!));
  const ranked = [...changed, ...moved.slice(0, MOVED)].sort((a, b) => size(b) - size(a));
  const totals = { before: ownTotals(tokensA), after: ownTotals(tokensB) };
  const notes = [
    ...caveats(before).map((note) => `In "before": ${note}`),
    ...caveats(after).map((note) => `In "after": ${note}`),
  ];
  const stretch = ({ a, b, bitsA, bitsB }: ComparedStretch) => ({
    before: covered(before, tokensA.slice(a.start, a.end)),
    after: covered(after, tokensB.slice(b.start, b.end)),
    bitsBefore: rounded(bitsA),
    bitsAfter: rounded(bitsB),
  });
  return fullestWithin(
    ranked.length,
    (fullness) => {
      const kept = new Set(ranked.slice(0, fullness));
      const listed = <T extends ComparedStretch | AlignedPair>(all: T[]) => all.filter((each) => kept.has(each)); // prettier-ignore
      const unlisted = <T extends ComparedStretch | AlignedPair>(all: T[]) => all.filter((each) => !kept.has(each)); // prettier-ignore
      return JSON.stringify({
        model: modelOf(after.inspection),
        totals: { ...totals, difference: rounded(totals.after.bits - totals.before.bits) },
        changed: listed(changed).map(stretch),
        columns: ['text', 'bitsBefore', 'bitsAfter', 'difference'],
        moved: listed(moved).map((each) => row(each, tokensA)),
        notes: [
          ...notes,
          ...omission('changed stretches differ', unlisted(changed)),
          ...omission('tokens stand in both texts and moved', unlisted(moved)),
        ],
      });
    },
    budget,
  );
}

function omission(what: string, unlisted: readonly (ComparedStretch | AlignedPair)[]): string[] {
  if (unlisted.length === 0) return [];
  const most = rounded(Math.max(...unlisted.map(size)));
  return [
    `${count(unlisted.length)} more ${what} by at most ${most} bits each and are not listed; totals are of all tokens.`,
  ];
}

/** The text that tokens in a row come from. */
function covered({ text, context }: MeasuredText, tokens: readonly InspectedToken[]): string {
  return (context + text).slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0);
}

function row({ a, bitsA, bitsB, difference }: AlignedPair, tokensA: readonly InspectedToken[]) {
  return [tokensA[a]!.text, rounded(bitsA!), rounded(bitsB!), rounded(difference!)];
}

function size(each: ComparedStretch | AlignedPair): number {
  return Math.abs('kind' in each ? each.bitsB - each.bitsA : each.difference!);
}
