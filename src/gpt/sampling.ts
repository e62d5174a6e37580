import type { Sampling } from '../protocol/inspection';
import { softmax } from './softmax';

/** The tokens that a sampler would draw from, most likely first. */
export interface SampledDistribution {
  ids: Uint32Array; // [kept]
  /** Sum to 1 over the kept tokens: renormalised wherever top-k or top-p cut something off. */
  probabilities: Float64Array; // [kept]
  /** Share of the full distribution (at this temperature) that was kept; 1 if nothing was cut. */
  keptMass: number;
}

/**
 * The distribution after temperature, then top-k, then top-p (nucleus sampling, Holtzman et al.
 * 2020): the order of Hugging Face's `generate`, whose results these are. Top-k keeps whatever equals
 * the k-th logit too, so it may keep more than k. Top-p keeps the fewest tokens whose probabilities
 * among those sum to at least `topP`; where its cut falls between equal logits, the lower ids stay
 * (`generate` lets the higher stay). Temperature 0 keeps the most likely token alone.
 */
export function sampledDistribution(
  logits: Float32Array, // [vocab]
  { temperature, topK, topP }: Sampling,
): SampledDistribution {
  if (temperature === 0) {
    return { ids: Uint32Array.of(argmax(logits)), probabilities: Float64Array.of(1), keptMass: 1 };
  }
  const all = softmax(logits, temperature); // [vocab]
  const order = descending(logits);
  let kept = topK === null ? order.length : Math.max(1, Math.min(topK, order.length));
  while (kept < order.length && logits[order[kept]!] === logits[order[kept - 1]!]) kept++;
  let mass = 0;
  for (let i = 0; i < kept; i++) mass += all[order[i]!]!;
  if (topP < 1) {
    const limit = topP * mass;
    let nucleus = 0;
    let sum = 0;
    do sum += all[order[nucleus++]!]!;
    while (nucleus < kept && sum < limit);
    kept = nucleus;
    mass = sum;
  }
  const ids = order.slice(0, kept);
  return {
    ids,
    probabilities: Float64Array.from(ids, (id) => all[id]! / mass),
    keptMass: kept === order.length ? 1 : mass,
  };
}

/** The indices of the values, largest value first; of equal values the lower index first. */
function descending(values: Float32Array): Uint32Array {
  // A float32 and an index of 21 bits fit into the whole numbers of a float64, which are sorted much
  // faster than by a comparison in JavaScript. The bits of a float32 grow with its value, once those
  // of negative ones are turned round; + 0 makes −0 and 0 equal.
  const bits = new Uint32Array(values.map((value) => value + 0).buffer);
  const keys = new Float64Array(values.length);
  for (let index = 0; index < keys.length; index++) {
    const own = bits[index]!;
    const ascending = own >>> 31 ? ~own >>> 0 : (own | 0x80000000) >>> 0;
    keys[index] = (0xffffffff - ascending) * mostIndices + index;
  }
  keys.sort();
  const order = new Uint32Array(keys.length);
  for (let rank = 0; rank < order.length; rank++) order[rank] = keys[rank]! % mostIndices;
  return order;
}

/** More tokens than any vocabulary has. */
const mostIndices = 2 ** 21;

/** Draws a token id; `random` is uniform in [0, 1). */
export function sample({ ids, probabilities }: SampledDistribution, random: number): number {
  let sum = 0;
  for (let i = 0; i < ids.length; i++) {
    sum += probabilities[i]!;
    if (random < sum) return ids[i]!;
  }
  return ids[ids.length - 1]!;
}

/** The index of the largest value, the lowest where several are equal. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
