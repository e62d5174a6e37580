import { betweenStages, type PassOptions } from './betweenStages';
import type { Model } from './model';

/**
 * The residual stream, the only thing that a pass keeps: `residual[0]` is the embedding,
 * `residual[layer + 1]` comes after block `layer`.
 */
export type ResidualStream = Float32Array[]; // [nLayer + 1] of [n, nEmbd]

/**
 * One forward pass: embed, then one block after the other. Everything else — distributions,
 * attention patterns — is computed on demand from what this returns.
 *
 * @param ids at least one token, at most `nCtx`.
 * @throws {RangeError} for an id outside the vocabulary or a length outside the context.
 * @throws the signal's reason when it aborts between two blocks.
 */
export async function forwardPass(
  model: Model,
  ids: readonly number[],
  options: PassOptions = {},
): Promise<ResidualStream> {
  const { nLayer, nCtx, vocabSize } = model.config;
  if (ids.length < 1 || ids.length > nCtx) {
    throw new RangeError(`A pass takes 1 to ${nCtx} tokens, not ${ids.length}.`);
  }
  const stranger = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (stranger !== undefined) throw new RangeError(`There is no token ${stranger}.`);

  const residual = [await model.embed(ids)];
  for (let layer = 0; layer < nLayer; layer++) {
    await betweenStages(options, 'forward', `Block ${layer + 1} of ${nLayer}`, layer / nLayer);
    residual.push(await model.block(layer, residual[layer]!));
  }
  return residual;
}
