import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { finalNorm, uncappedLogitsOf } from '../parts/unembed';
import { capped } from '../stages/scores';

/** Logits of a few tokens only, after rows [m, nEmbd] of the last residual stream: [m, t]; or as they are
 * before a cap, where the model has one. */
export async function logitsOf(
  model: Model,
  resid: Float32Array,
  ids: readonly number[], // [t]
  which: 'logits' | 'uncapped' = 'logits',
): Promise<Float32Array> {
  const session = await model.probe('logits of', (g, architecture) => {
    const rows = g.input('resid', 'F32', ['m', architecture.config.nEmbd]);
    const chosen = g.input('ids', 'I64', ['t']);
    const normalised = finalNorm(g, architecture, rows);
    const linear = uncappedLogitsOf(g, architecture, normalised, chosen);
    g.output('logits', capped(g, linear, architecture.config.logitCap), 'F32', ['m', 't']);
    g.output('uncapped', linear, 'F32', ['m', 't']);
  });
  const inputs = { resid: model.rows(resid), ids: int64(ids) };
  return (await session.run(inputs, [which]))[which].data as Float32Array;
}
