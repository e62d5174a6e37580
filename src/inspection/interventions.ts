import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { comparedRows } from '../gpt/probes/comparedRows';
import { logSumExp } from '../gpt/softmax';
import type {
  ComparedToken,
  Edit,
  Intervention,
  InterventionEffect,
  SteeringLength,
} from '../protocol/interventions';
import type { EditedPass } from './editedPass';
import { checkPosition } from './places';

/** Rows that are compared at once: two rows of logits for each, as long as the vocabulary. */
const chunkRows = 32;

/** The distribution over the next token at a position, before and after a change. */
export async function comparedAt(
  model: Model,
  before: ResidualStream,
  after: EditedPass,
  position: number,
  topK: number,
  textOf: (id: number) => string,
): Promise<Omit<Intervention, 'steering'>> {
  const { nEmbd, vocabSize } = model.config;
  checkPosition(before[0]!.length / nEmbd, position);
  const row = (residual: ResidualStream) =>
    residual.at(-1)!.subarray(position * nEmbd, (position + 1) * nEmbd);
  const rows = new Float32Array(2 * nEmbd);
  rows.set(row(before));
  rows.set(row(after.residual), nEmbd);
  const logits = await model.logits(rows); // [2, vocab]
  const [was, is] = [0, 1].map((i) => logprobs(logits, i * vocabSize, vocabSize)) as [
    Float64Array,
    Float64Array,
  ];

  const change = was.map((logprob, id) => Math.exp(is[id]!) - Math.exp(logprob));
  const rankBefore = ranking(was);
  const rankAfter = ranking(is);
  const compared = (ids: number[]): ComparedToken[] =>
    ids.map((id) => ({
      id,
      text: textOf(id),
      logprobBefore: was[id]!,
      logprobAfter: is[id]!,
      rankBefore: rankBefore(id),
      rankAfter: rankAfter(id),
    }));
  const fall = change.map((by) => -by);
  return {
    position,
    firstLayer: after.firstLayer,
    before: compared(largest(was, topK)),
    after: compared(largest(is, topK)),
    up: compared(largest(change, topK).filter((id) => change[id]! > 0)),
    down: compared(largest(fall, topK).filter((id) => fall[id]! > 0)),
    kl: Math.max(
      0,
      was.reduce((sum, logprob, id) => sum + Math.exp(logprob) * (logprob - is[id]!), 0),
    ),
  };
}

/** The same for the positions from `from` to before `to`, in numbers only. */
export async function comparedAlong(
  model: Model,
  before: ResidualStream,
  after: EditedPass,
  ids: readonly number[], // [n]
  from: number,
  to: number,
  options: PassOptions = {},
): Promise<InterventionEffect> {
  const { nEmbd } = model.config;
  const n = ids.length;
  checkPosition(n, from);
  checkPosition(n + 1, to);
  const count = Math.max(0, to - from);
  const kl = new Float32Array(count);
  const logprobBefore = new Float32Array(count);
  const logprobAfter = new Float32Array(count);
  for (let start = from; start < to; start += chunkRows) {
    const end = Math.min(start + chunkRows, to);
    const share = (start - from) / count;
    await betweenStages(options, 'forward', 'Comparing the predictions', share);
    const [was, is] = [before, after.residual].map((residual) =>
      residual.at(-1)!.subarray(start * nEmbd, end * nEmbd),
    ) as [Float32Array, Float32Array];
    const actualIds = Array.from({ length: end - start }, (_, row) => ids[start + row + 1] ?? 0);
    const rows = await comparedRows(model, was, is, actualIds);
    kl.set(rows.kl, start - from);
    logprobBefore.set(rows.logprobBefore, start - from);
    logprobAfter.set(rows.logprobAfter, start - from);
  }
  if (to === n) {
    logprobBefore[count - 1] = NaN;
    logprobAfter[count - 1] = NaN;
  }
  return { from, kl, logprobBefore, logprobAfter };
}

/** How long each steering direction is, and what it was added to. */
export function steeringLengths(
  residual: ResidualStream,
  edits: readonly Edit[],
  directions: ReadonlyMap<Edit, Float32Array>,
  nEmbd: number,
): SteeringLength[] {
  return edits.flatMap((edit, index) => {
    const direction = directions.get(edit);
    if (!direction) return [];
    const residPre = residual[edit.layer]!;
    const lengths = Float64Array.from({ length: residPre.length / nEmbd }, (_, row) =>
      Math.hypot(...residPre.subarray(row * nEmbd, (row + 1) * nEmbd)),
    ).sort();
    return [
      {
        edit: index,
        length: Math.hypot(...direction),
        // The first position is often many times longer than all others: the mean would be its own.
        residPre: lengths[Math.floor(lengths.length / 2)]!,
      },
    ];
  });
}

function logprobs(logits: Float32Array, start: number, count: number): Float64Array {
  const row = Float64Array.from(logits.subarray(start, start + count));
  const total = logSumExp(row);
  return row.map((logit) => logit - total);
}

/** Indices of the k largest values, largest first. */
function largest(values: Float64Array, k: number): number[] {
  const least = values.slice().sort()[Math.max(0, values.length - k)]!;
  const ids: number[] = [];
  values.forEach((value, id) => {
    if (value >= least) ids.push(id);
  });
  return ids.sort((a, b) => values[b]! - values[a]!).slice(0, k);
}

/** How the ids rank by their values, from 1 for the largest; equal ones share the better rank. */
function ranking(values: Float64Array): (id: number) => number {
  const sorted = values.slice().sort();
  return (id) => {
    let [low, high] = [0, sorted.length]; // the first index whose value is larger lies between
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! > values[id]!) high = middle;
      else low = middle + 1;
    }
    return sorted.length - low + 1;
  };
}
