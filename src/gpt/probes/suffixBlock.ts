import type { Value } from '../../onnx/graphBuilder';
import { block } from '../block';
import type { Model } from '../model';
import { attentionAfter } from '../stages/keptAttention';
import { attentionShape, queryKeyValue } from '../parts/attention';
import { ofEach, positionsFrom, rowCount } from '../stages/positions';

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
  const session = await model.probe(`suffix block ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const shape = attentionShape(config, layer);
    const past = g.input('beginning', 'F32', ['past', config.nEmbd]);
    const resid = g.input('residPre', 'F32', ['b', 'm', config.nEmbd]);
    const dims = g.op('Shape', [resid]);
    const rows = g.reshape(resid, [-1, config.nEmbd]);
    const before = rowCount(g, past);
    const [, pastK, pastV] = queryKeyValue(
      g,
      architecture,
      layer,
      past,
      positionsFrom(g, null, before),
    );
    const part = (at: number) => g.op('Gather', [dims, g.constant('I64', [at])], { axis: 0n });
    const positions = ofEach(g, positionsFrom(g, before, part(1)), part(0));
    const attend = (q: Value, k: Value, v: Value) =>
      attentionAfter(g, q, k, v, pastK, pastV, dims, shape);
    const { residPost } = block(g, architecture, layer, rows, positions, attend);
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
