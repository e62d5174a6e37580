import { type SampledDistribution, sampledDistribution } from '../gpt/sampling';
import { logSumExp } from '../gpt/softmax';
import type { InspectedToken, NextToken, Sampling } from '../protocol/inspection';
import { isPlain, plainSampling } from './state/choices/nextToken';

/** One token that may come next. */
export interface Candidate {
  id: number;
  text: string;
  /** 1 is the most likely. */
  rank: number;
  /** Under the chosen sampling; 0 where it is cut off. */
  probability: number;
  /** The model's own: full vocabulary, temperature 1. */
  own: number;
  logprob: number;
  /** Null while only the inspection's summary is known. */
  logit: number | null;
  /** It is what the text goes on with. */
  actual: boolean;
}

/** What the sampling left of the vocabulary. */
export interface Kept {
  tokens: number;
  /** Share of the distribution at the chosen temperature. */
  mass: number;
}

export interface Candidates {
  /** Most likely first. */
  rows: Candidate[];
  /** The token with which the text goes on, where it is none of the rows. */
  actual: Candidate | null;
  /** Null while only the inspection's summary is known. */
  kept: Kept | null;
}

/** One position's logits, sorted once; every sampling is computed from them. */
export class FullDistribution {
  private readonly own: SampledDistribution;
  /** In the order of `own`: sorting them again, as every sampling does, is quicker. */
  private readonly sorted: Float32Array; // [vocab]
  private readonly total: number;
  /** Entropy of the model's own distribution, in nats. */
  readonly entropy: number;
  private last: { sampling: Sampling; distribution: SampledDistribution };

  constructor(private readonly logits: Float32Array /* [vocab] */) {
    this.own = sampledDistribution(logits, plainSampling);
    this.sorted = Float32Array.from(this.own.ids, (id) => logits[id]!);
    this.total = logSumExp(logits);
    this.entropy = -this.own.probabilities.reduce(
      (sum, p) => (p > 0 ? sum + p * Math.log(p) : sum),
      0,
    );
    this.last = { sampling: plainSampling, distribution: this.own };
  }

  get vocabulary(): number {
    return this.logits.length;
  }

  /** The `count` most likely tokens, and the one that the text goes on with. */
  candidates(
    sampling: Sampling,
    count: number,
    vocabulary: readonly string[],
    next: InspectedToken | undefined,
  ): Candidates {
    const sampled = this.sampled(sampling);
    const candidate = (index: number): Candidate => {
      const id = this.own.ids[index]!;
      const logit = this.logits[id]!;
      return {
        id,
        text: vocabulary[id] ?? '',
        rank: index + 1,
        probability: sampled.probabilities[index] ?? 0,
        own: this.own.probabilities[index]!,
        logprob: logit - this.total,
        logit,
        actual: id === next?.id,
      };
    };
    const shown = Math.min(count, this.own.ids.length);
    const rows = Array.from({ length: shown }, (_, index) => candidate(index));
    const at = next === undefined ? -1 : this.own.ids.indexOf(next.id);
    return {
      rows,
      actual: at >= shown ? candidate(at) : null,
      kept: { tokens: sampled.ids.length, mass: sampled.keptMass },
    };
  }

  /** The i-th probability is that of the i-th token of the model's own order. */
  private sampled(sampling: Sampling): SampledDistribution {
    if (isPlain(sampling)) return this.own;
    if (this.last.sampling !== sampling) {
      this.last = { sampling, distribution: sampledDistribution(this.sorted, sampling) };
    }
    return this.last.distribution;
  }
}

/** What an answer of the engine says, most likely first. */
export function nextCandidates(next: readonly NextToken[]): Candidates {
  const rows = next.map(({ id, text, logprob, logit, probability }, i) => {
    const own = probability;
    return { id, text, rank: i + 1, probability, own, logprob, logit, actual: false };
  });
  return { rows, actual: null, kept: null };
}

/** What the inspection itself says, shown until the logits are there. */
export function summaryCandidates(
  token: InspectedToken,
  next: InspectedToken | undefined,
): Candidates {
  const candidate = (
    { id, text, logprob }: { id: number; text: string; logprob: number },
    rank: number,
  ): Candidate => {
    const probability = Math.exp(logprob);
    const actual = id === next?.id;
    return { id, text, rank, probability, own: probability, logprob, logit: null, actual };
  };
  const rows = token.top.map((top, i) => candidate(top, i + 1));
  const missing =
    next !== undefined &&
    next.logprob !== null &&
    next.rank !== null &&
    !rows.some(({ actual }) => actual);
  return {
    rows,
    actual: missing
      ? candidate({ id: next.id, text: next.text, logprob: next.logprob! }, next.rank!)
      : null,
    kept: null,
  };
}
