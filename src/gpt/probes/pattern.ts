import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { attentionPattern } from '../stages/attention';
import { attentionShape, queryKeyValue } from '../parts/attention';
import { positionsFromZero } from '../stages/positions';

/** Attention patterns of the chosen heads of a layer, [heads, n, n], for residPre [n, nEmbd]. */
export async function pattern(
  model: Model,
  layer: number,
  residPre: Float32Array,
  heads: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`pattern ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const chosen = g.input('heads', 'I64', ['h']);
    const [q, k] = queryKeyValue(g, architecture, layer, resid, positionsFromZero(g, resid));
    const shape = attentionShape(config, layer);
    g.output('pattern', attentionPattern(g, q, k, chosen, shape), 'F32', ['h', 'n', 'n']);
  });
  const inputs = { residPre: model.rows(residPre), heads: int64(heads) };
  return (await session.run(inputs, ['pattern'])).pattern.data as Float32Array;
}
