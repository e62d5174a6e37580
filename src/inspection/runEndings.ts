import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { suffixBlock } from '../gpt/probes/suffixBlock';

/**
 * Runs several endings of one text through the blocks from `layer` on. What lies before them is the
 * text's own, and as nothing looks ahead it stays what it is: only its keys and values are needed.
 *
 * @param residual of the text itself.
 * @param endings residPre of `layer`, [count, m, nEmbd]: the last m positions of each.
 * @returns the last row of each ending after the last block, [count, nEmbd].
 */
export async function runEndings(
  model: Model,
  residual: ResidualStream,
  layer: number,
  endings: Float32Array,
  count: number,
  options: PassOptions = {},
): Promise<Float32Array> {
  const { nLayer, nEmbd } = model.config;
  const before = residual[0]!.length - endings.length / count;
  let resid = endings;
  for (let at = layer; at < nLayer; at++) {
    await betweenStages(options, 'forward', `Block ${at + 1} of ${nLayer}`, null);
    resid =
      before === 0
        ? await model.block(at, resid, count)
        : await suffixBlock(model, at, residual[at]!.subarray(0, before), resid, count);
  }
  const last = new Float32Array(count * nEmbd);
  const length = resid.length / count;
  for (let i = 0; i < count; i++) {
    last.set(resid.subarray((i + 1) * length - nEmbd, (i + 1) * length), i * nEmbd);
  }
  return last;
}
