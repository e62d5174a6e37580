import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';

/** Logits of a few tokens only, after rows [m, nEmbd] of the last residual stream: [m, t]. */
export async function logitsOf(
  model: Model,
  resid: Float32Array,
  ids: readonly number[], // [t]
): Promise<Float32Array> {
  const session = await model.probe('logits of', (g, family, architecture) => {
    const rows = g.input('resid', 'F32', ['m', architecture.config.nEmbd]);
    const chosen = g.input('ids', 'I64', ['t']);
    const table = g.storedWeight(family.tokenVectors(architecture, 'unembedding'));
    const vectors = g.cast(g.op('Gather', [table, chosen], { axis: 0n }), 'F32'); // [t, nEmbd]
    const normalised = family.finalNorm(g, architecture, rows);
    const logits = g.op('MatMul', [normalised, g.transpose(vectors, [1, 0])]);
    g.output('logits', logits, 'F32', ['m', 't']);
  });
  const inputs = { resid: model.rows(resid), ids: int64(ids) };
  return (await session.run(inputs, ['logits'])).logits.data as Float32Array;
}
