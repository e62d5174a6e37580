import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { attentionAt, type HeadsAtPosition } from '../gpt/probes/attentionAt';
import { checkPosition } from './places';

/** One layer at one position: the residual stream around its parts, and what attention added. */
export interface LayerAtPosition {
  residPre: Float32Array; // [nEmbd]
  heads: HeadsAtPosition;
  residMid: Float32Array; // [nEmbd]
  residPost: Float32Array; // [nEmbd]
}

/**
 * The residual stream at one position, layer by layer. What lies between attention and MLP is not
 * kept by a pass; attention at a single position costs next to nothing.
 *
 * @throws {UserError} where there is no such position.
 * @throws the signal's reason when it aborts between two layers.
 */
export async function streamAt(
  model: Model,
  residual: ResidualStream,
  position: number,
  options: PassOptions,
): Promise<LayerAtPosition[]> {
  const { nLayer, nEmbd } = model.config;
  checkPosition(residual[0]!.length / nEmbd, position);
  const row = (resid: Float32Array) => resid.subarray(position * nEmbd, (position + 1) * nEmbd);
  const layers: LayerAtPosition[] = [];
  for (let layer = 0; layer < nLayer; layer++) {
    await betweenStages(options, 'forward', `Reading layer ${layer}`, layer / nLayer);
    const seen = residual[layer]!.subarray(0, (position + 1) * nEmbd);
    const heads = await attentionAt(model, layer, seen, position);
    const residPre = row(residual[layer]!);
    layers.push({
      residPre,
      heads,
      residMid: residPre.map((value, i) => value + heads.attnOut[i]!),
      residPost: row(residual[layer + 1]!),
    });
  }
  return layers;
}
