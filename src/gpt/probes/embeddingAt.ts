import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { embed } from '../parts/embed';

/**
 * Tokens → residual stream before the first block. Each stands at a position of its own, or all at the
 * one that is given.
 */
export async function embeddingAt(
  model: Model,
  ids: readonly number[], // [b]
  positions: readonly number[], // [b] or [1]
): Promise<Float32Array /* [b, nEmbd] */> {
  const session = await model.probe('embedding at', (g, architecture) => {
    const tokens = g.input('ids', 'I64', ['b']);
    const resid = embed(g, architecture, tokens, g.input('positions', 'I64', ['p']));
    g.output('resid', resid, 'F32', ['b', architecture.config.nEmbd]);
  });
  const inputs = { ids: int64(ids), positions: int64(positions) };
  return (await session.run(inputs, ['resid'])).resid.data as Float32Array;
}
