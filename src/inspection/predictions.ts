import type { Model } from '../gpt/model';
import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';

/** The distribution after one position, over the full vocabulary; logarithms are natural. */
export interface Prediction {
  /** Most likely tokens first. */
  top: { id: number; logit: number; logprob: number }[];
  /** In nats. */
  entropy: number;
  /** What the distribution gave the token that really came next; null after the last token. */
  actual: { logprob: number; rank: number } | null;
}

/**
 * Rows that are unembedded at once: a row of logits is as long as the vocabulary, so all rows of a
 * long text together would take hundreds of megabytes.
 */
const chunkRows = 64;

/**
 * The predictions after every position of a pass, or after those from `first` on. `ids` are the
 * tokens of the pass, and the one after them where it is known.
 */
export async function predictions(
  model: Model,
  residual: ResidualStream,
  ids: readonly number[], // [n] or [n + 1]
  topK: number,
  options: PassOptions = {},
  first = 0,
): Promise<Prediction[]> {
  const { nEmbd } = model.config;
  const resid = residual.at(-1)!; // [n, nEmbd]
  const n = resid.length / nEmbd;
  const result: Prediction[] = [];
  for (let start = first; start < n; start += chunkRows) {
    const end = Math.min(start + chunkRows, n);
    await betweenStages(options, 'forward', 'Reading the predictions', start / n);
    // Where the next token is not known any id does: its numbers are left out below.
    const actualIds = Array.from({ length: end - start }, (_, row) => ids[start + row + 1] ?? 0);
    const summary = await model.distributions(
      resid.subarray(start * nEmbd, end * nEmbd),
      actualIds,
      topK,
    );
    const k = summary.topIds.length / (end - start);
    for (let row = 0; row < end - start; row++) {
      const logSumExp = summary.logSumExp[row]!;
      result.push({
        top: Array.from({ length: k }, (_, i) => {
          const logit = summary.topLogits[row * k + i]!;
          return { id: Number(summary.topIds[row * k + i]), logit, logprob: logit - logSumExp };
        }),
        entropy: summary.entropy[row]!,
        actual:
          start + row + 1 < ids.length
            ? {
                logprob: summary.actualLogit[row]! - logSumExp,
                rank: summary.actualRank[row]!,
              }
            : null,
      });
    }
  }
  return result;
}

/** Logits over the full vocabulary after the token at `position`: [vocab]. */
export async function logitsAt(
  model: Model,
  residual: ResidualStream,
  position: number,
): Promise<Float32Array> {
  const { nEmbd } = model.config;
  return model.logits(residual.at(-1)!.subarray(position * nEmbd, (position + 1) * nEmbd));
}
