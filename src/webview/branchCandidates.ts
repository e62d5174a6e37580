import type { InspectedToken } from '../protocol/inspection';
import type { BranchEnd } from '../protocol/tree';
import type { Candidates } from './distribution';

/** What may come after a branch, as bars; `next` is the token that came there in the text. */
export function branchCandidates(end: BranchEnd, next: InspectedToken | undefined): Candidates {
  const rows = end.top.map(({ id, text, logit, logprob, probability }, i) => ({
    id,
    text,
    rank: i + 1,
    probability,
    own: probability,
    logprob,
    logit,
    actual: id === next?.id,
  }));
  return { rows, actual: null, kept: null };
}
