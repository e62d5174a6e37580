import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';

/** Tokens that all stand at one position of their texts → residual stream before the first block. */
export async function embeddingAt(
  model: Model,
  ids: readonly number[], // [b]
  position: number,
): Promise<Float32Array /* [b, nEmbd] */> {
  const session = await model.probe('embedding at', (g, family, architecture) => {
    const tokens = g.input('ids', 'I64', ['b']);
    const resid = family.embedding(g, architecture, tokens, g.input('position', 'I64', [1]));
    g.output('resid', resid, 'F32', ['b', architecture.config.nEmbd]);
  });
  const inputs = { ids: int64(ids), position: int64([position]) };
  return (await session.run(inputs, ['resid'])).resid.data as Float32Array;
}
