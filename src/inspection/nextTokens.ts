import type { Node } from './branch';

/** The distribution at the end of a branch, summarised; logarithms are natural. */
export interface BranchEnd {
  /** Most likely first; over the full vocabulary. */
  top: { id: number; logit: number; logprob: number }[];
  /** In nats. */
  entropy: number;
  /** What each token of the path was expected with. */
  pathLogprobs: number[];
}

/** What may come after a node. */
export async function nextTokensAfter({ branch, length }: Node, topK: number): Promise<BranchEnd> {
  const row = branch.rowAfter(length);
  const { topIds, topLogits, logSumExp, entropy } = await branch.model.distributions(row, [0], topK); // prettier-ignore
  return {
    top: Array.from(topIds, (id, rank) => {
      const logit = topLogits[rank]!;
      return { id: Number(id), logit, logprob: logit - logSumExp[0]! };
    }),
    entropy: entropy[0]!,
    pathLogprobs: await branch.logprobsUpTo(length),
  };
}
