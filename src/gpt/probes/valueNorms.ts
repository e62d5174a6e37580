import type { Model } from '../model';
import { byHead } from '../stages/attention';
import { attentionOutput, attentionShape, queryKeyValue } from '../parts/attention';
import { positionsFromZero } from '../stages/positions';

/**
 * The norm of what each head would write if it looked at one position alone, ‖v W_O‖, for
 * residPre [n, nEmbd]: [nHead, n].
 */
export async function valueNorms(
  model: Model,
  layer: number,
  residPre: Float32Array,
): Promise<Float32Array> {
  const session = await model.probe(`value norms ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const [, , v] = queryKeyValue(g, architecture, layer, resid, positionsFromZero(g, resid));
    const values = byHead(g, v, attentionShape(config, layer)); // [nHead, n, dHead]
    const { perHead } = attentionOutput(g, architecture, layer);
    const written = g.op('MatMul', [values, perHead]); // [nHead, n, nEmbd]
    const norms = g.op('ReduceL2', [written, g.constant('I64', [-1])], { keepdims: 0n });
    g.output('norms', norms, 'F32', [config.nHead, 'n']);
  });
  const { norms } = await session.run({ residPre: model.rows(residPre) }, ['norms']);
  return norms.data as Float32Array;
}
