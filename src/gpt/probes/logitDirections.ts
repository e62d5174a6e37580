import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { logitDirections as directionsOf } from '../parts/unembed';

/** logit[t] = x · direction[t] + constant[t], for a residual stream x whose norm is frozen. */
export interface LogitDirections {
  direction: Float32Array; // [t, nEmbd]
  constant: Float32Array; // [t]
}

/**
 * What the logits of some tokens are linear in, once the scale of the final norm is frozen at that
 * of one row of the last residual stream (Elhage et al. 2021, "direct logit attribution").
 */
export async function logitDirections(
  model: Model,
  residFinal: Float32Array, // [nEmbd]
  ids: readonly number[], // [t]
): Promise<LogitDirections> {
  const session = await model.probe('logit directions', (g, architecture) => {
    const { nEmbd } = architecture.config;
    const resid = g.input('residFinal', 'F32', [1, nEmbd]);
    const chosen = g.input('ids', 'I64', ['t']);
    const { direction, constant } = directionsOf(g, architecture, resid, chosen);
    g.output('direction', direction, 'F32', ['t', nEmbd]);
    g.output('constant', constant, 'F32', ['t']);
  });
  const inputs = { residFinal: model.rows(residFinal), ids: int64(ids) };
  const { direction, constant } = await session.run(inputs, ['direction', 'constant']);
  return { direction: direction.data as Float32Array, constant: constant.data as Float32Array };
}
