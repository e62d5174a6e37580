import type { Hunk, TokenRange } from '../../inspection/documentComparison';
import type { ChangedTokens } from '../../protocol/documentChanges';
import { UserError } from '../../protocol/userError';
import type { ReadText } from '../../inspection/readText';

/** Unchanged tokens that are shown around a hunk, … */
const contextBefore = 12;
const contextAfter = 60;
/** … and the most of its own. */
const mostTokens = 1500;

/**
 * The tokens of a hunk in both texts, with some unchanged ones around them: as many before it and
 * after it in one as in the other, and none of the next hunk's.
 */
export function changedTokens(
  hunks: readonly Hunk[],
  index: number,
  before: ReadText,
  after: ReadText,
  vocabulary: readonly string[],
): { before: ChangedTokens; after: ChangedTokens } {
  const hunk = hunks[index];
  if (!hunk) throw new UserError('There is no such change any more: choose one that is on show.');
  const last = hunks[index - 1];
  const above = Math.min(contextBefore, hunk.tokensAfter.start - (last?.tokensAfter.end ?? 0));
  const below = Math.min(contextAfter, hunk.knockOnTokens);
  const part = (text: ReadText, { start, end }: TokenRange) => {
    const cut = end - start > mostTokens;
    const to = cut ? start + mostTokens : end + below;
    return { ...columns(text, start - above, to, vocabulary), cut };
  };
  return { before: part(before, hunk.tokensBefore), after: part(after, hunk.tokensAfter) };
}

function columns(
  text: ReadText,
  first: number,
  to: number,
  vocabulary: readonly string[],
): Omit<ChangedTokens, 'cut'> {
  const textsOf = (ids: Uint32Array) => Array.from(ids, (id) => vocabulary[id] ?? '');
  const ids = text.ids.slice(first, to);
  const topIds = ids.map((_, i) => text.topIds[(first + i) * text.k]!);
  return {
    first,
    ids,
    texts: textsOf(ids),
    byteLengths: text.byteLengths.slice(first, to),
    logprobs: text.logprobs.slice(first, to),
    ranks: text.ranks.slice(first, to),
    topIds,
    topTexts: textsOf(topIds),
  };
}
