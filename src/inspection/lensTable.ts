import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { lensToFinal } from '../gpt/probes/lensToFinal';
import type { LensTable } from '../protocol/lens';
import { UserError } from '../protocol/userError';
import { checkPosition } from './places';

/** Rows that are unembedded at once: each becomes a row of logits as long as the vocabulary. */
const chunkRows = 64;

/**
 * The logit lens after the embedding and after each block, for the positions from `from` up to, not
 * including, `to`. All layers of a position are unembedded together, so that the last one's
 * distribution, which the others are compared with, is computed once.
 *
 * @throws {UserError} where there are no such positions.
 */
export async function lensTable(
  model: Model,
  residual: ResidualStream,
  from: number,
  to: number,
  textOf: (id: number) => string,
  options: PassOptions = {},
): Promise<LensTable> {
  const { nEmbd } = model.config;
  const n = residual[0]!.length / nEmbd;
  checkPosition(n, from);
  checkPosition(n, to - 1);
  if (to <= from) throw new UserError(`There are no tokens from ${from} up to ${to}.`);

  const layers = residual.length;
  const positions = to - from;
  const size = layers * positions;
  const ids = new Int32Array(size);
  const topProbability = new Float32Array(size);
  const finalProbability = new Float32Array(size);
  const klToFinal = new Float32Array(size);
  const atOnce = Math.max(1, Math.floor(chunkRows / layers));
  for (let start = from; start < to; start += atOnce) {
    await betweenStages(options, 'forward', 'Reading the layers', (start - from) / positions);
    const count = Math.min(atOnce, to - start);
    const resid = new Float32Array(layers * count * nEmbd); // [layer, position, nEmbd]
    residual.forEach((stream, layer) =>
      resid.set(stream.subarray(start * nEmbd, (start + count) * nEmbd), layer * count * nEmbd),
    );
    const found = await lensToFinal(model, resid, count);
    for (let layer = 0; layer < layers; layer++) {
      for (let i = 0; i < count; i++) {
        const source = layer * count + i;
        const target = layer * positions + (start - from) + i;
        ids[target] = Number(found.topIds[source]);
        topProbability[target] = found.topProbability[source]!;
        finalProbability[target] = found.finalProbability[source]!;
        // Never below 0, but for rounding.
        klToFinal[target] = Math.max(0, found.klToFinal[source]!);
      }
    }
  }
  return {
    from,
    positions,
    layers,
    topIds: ids,
    topTexts: Array.from(ids, textOf),
    topProbability,
    finalProbability,
    klToFinal,
  };
}
