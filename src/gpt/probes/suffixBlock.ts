import type { Value } from '../../onnx/graphBuilder';
import { block } from '../block';
import type { Model } from '../model';
import { attentionAfter } from '../stages/attention';

/**
 * One block over several endings of one beginning, none of which sees another: residPre → residPost
 * of the endings alone, [endings, m, nEmbd] both. Nothing looks ahead, so that what is the same for
 * all of them, `beginning` [n, nEmbd] with at least one row, gives its keys and values and is not
 * computed any further.
 */
export async function suffixBlock(
  model: Model,
  layer: number,
  beginning: Float32Array,
  residPre: Float32Array,
  endings: number,
): Promise<Float32Array> {
  const session = await model.probe(`suffix block ${layer}`, (g, family, architecture) => {
    const { config } = architecture;
    const shape = family.attentionShape(config, layer);
    const past = g.input('beginning', 'F32', ['past', config.nEmbd]);
    const resid = g.input('residPre', 'F32', ['b', 'm', config.nEmbd]);
    const dims = g.op('Shape', [resid]);
    const rows = g.reshape(resid, [-1, config.nEmbd]);
    const [, pastK, pastV] = family.queryKeyValue(g, architecture, layer, past);
    const attend = (q: Value, k: Value, v: Value) =>
      attentionAfter(g, q, k, v, pastK, pastV, dims, shape);
    const { residPost } = block(g, family, architecture, layer, rows, attend);
    const shaped = g.op('Reshape', [residPost, dims]);
    g.output('residPost', shaped, 'F32', ['b', 'm', config.nEmbd]);
  });
  const { nEmbd } = model.config;
  const inputs = {
    beginning: model.rows(beginning),
    residPre: { data: residPre, dims: [endings, residPre.length / endings / nEmbd, nEmbd] },
  };
  return (await session.run(inputs, ['residPost'])).residPost.data as Float32Array;
}
