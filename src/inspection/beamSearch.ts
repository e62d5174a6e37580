import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { Continuation } from '../gpt/continuation';
import type { Model } from '../gpt/model';
import type { Node } from './branch';
import type { ContinuedToken } from './generation';

export interface BeamOptions {
  /** Sequences that are followed at once, and the number of results. */
  width: number;
  /** Tokens that are added at most. */
  length: number;
  /** A sequence ends with any of these, which is part of it. */
  endIds: readonly number[];
}

export interface Beam {
  tokens: ContinuedToken[];
  /** The sum of its tokens' logprobs: there is no penalty on length. */
  logprob: number;
  /** It ended with a token that ends texts. */
  ended: boolean;
}

/** One way to go on with a beam. */
interface Step {
  parent: number;
  id: number;
  logprob: number;
  total: number;
}

/**
 * Beam search: of all ways to add one token to the `width` likeliest sequences the likeliest are
 * followed, and again. As Hugging Face's `generate` does with `length_penalty = 0`: ended sequences are
 * set aside, so that others take their place, and the search is over when as many are set aside as are
 * wanted and none that runs can become likelier than the last of these.
 *
 * @returns `width` sequences (fewer in a smaller vocabulary), likeliest first.
 */
export async function beamSearch(
  { branch, length: pathLength }: Node,
  { width, length, endIds }: BeamOptions,
  options: PassOptions = {},
): Promise<Beam[]> {
  let running: Beam[] = [{ tokens: [], logprob: 0, ended: false }];
  let ended: Beam[] = [];
  let rows = branch.rowAfter(pathLength); // [running, nEmbd]
  let sequences: Continuation | null = null;
  for (let step = 0; step < length; step++) {
    await betweenStages(options, 'generating', `Token ${step + 1} of ${length}`, step / length);
    // Twice as many as are followed: even if half of them end here, enough go on.
    const steps = await likeliestSteps(branch.model, running, rows, 2 * width);
    const grown = (way: Step): Beam => ({
      tokens: [...running[way.parent]!.tokens, { id: way.id, logprob: way.logprob }],
      logprob: way.total,
      ended: endIds.includes(way.id),
    });
    ended.push(...steps.slice(0, width).filter(({ id }) => endIds.includes(id)).map(grown)); // prettier-ignore
    ended = ended.sort(byLogprob).slice(0, width);
    const followed = steps.filter(({ id }) => !endIds.includes(id)).slice(0, width);
    running = followed.map(grown);
    const best = running[0]?.logprob ?? -Infinity;
    if (step + 1 === length || (ended.length === width && ended.at(-1)!.logprob >= best)) break;

    const parents = followed.map(({ parent }) => parent);
    const pass = { signal: options.signal };
    if (!sequences) sequences = await branch.spread(parents.length, pathLength, pass);
    else if (!isIdentity(parents, sequences.sequences)) sequences = sequences.select(parents);
    rows = await sequences.append(followed.map(({ id }) => id), pass); // prettier-ignore
  }
  return [...ended, ...running].sort(byLogprob).slice(0, width);
}

/** Of all ways to go on with the beams, the `count` likeliest, likeliest first. */
async function likeliestSteps(
  model: Model,
  beams: readonly Beam[],
  rows: Float32Array, // [beams, nEmbd]
  count: number,
): Promise<Step[]> {
  const any = new Array<number>(beams.length).fill(0);
  const { topIds, topLogits, logSumExp } = await model.distributions(rows, any, count);
  const k = topIds.length / beams.length;
  const steps = beams.flatMap((beam, parent) =>
    Array.from({ length: k }, (_, rank) => {
      const logprob = topLogits[parent * k + rank]! - logSumExp[parent]!;
      const id = Number(topIds[parent * k + rank]);
      return { parent, id, logprob, total: beam.logprob + logprob };
    }),
  );
  return steps.sort((a, b) => b.total - a.total).slice(0, count);
}

function byLogprob(a: Beam, b: Beam): number {
  return b.logprob - a.logprob;
}

function isIdentity(parents: readonly number[], sequences: number): boolean {
  return parents.length === sequences && parents.every((parent, i) => parent === i);
}
