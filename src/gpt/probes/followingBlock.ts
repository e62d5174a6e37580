import type { Value } from '../../onnx/graphBuilder';
import { int64 } from '../../onnx/runtime';
import { block } from '../block';
import type { Model } from '../model';
import { attentionOfFollowing } from '../stages/keptAttention';
import type { KeptRows, NextRows } from './cachedBlock';
import { attentionShape } from '../parts/attention';
import { positionsFrom, rowCount } from '../stages/positions';

/**
 * residPre → residPost of the m positions that follow a text, [m, nEmbd] both, and their keys and
 * values. Of the text nothing is computed again.
 *
 * @param kept the text's: k [nHead, dHead, n], v [nHead, n, dHead].
 */
export async function followingBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  kept: KeptRows,
): Promise<NextRows> {
  const { nHead, dHead, nEmbd } = model.config;
  const width = nHead * dHead;
  const session = await model.probe(`following block ${layer}`, (g, architecture) => {
    const shape = attentionShape(architecture.config, layer);
    const resid = g.input('residPre', 'F32', ['m', nEmbd]);
    const rows = {
      k: g.input('keptK', 'F32', [nHead, dHead, 'n']),
      v: g.input('keptV', 'F32', [nHead, 'n', dHead]),
      filled: g.input('filled', 'I64', [1]),
    };
    const attend = (q: Value, k: Value, v: Value) => {
      g.output('k', k, 'F32', ['m', width]);
      g.output('v', v, 'F32', ['m', width]);
      return attentionOfFollowing(g, [q, k, v], rows, shape);
    };
    const positions = positionsFrom(g, rows.filled, rowCount(g, resid));
    const { residPost } = block(g, architecture, layer, resid, positions, attend);
    g.output('residPost', residPost, 'F32', ['m', nEmbd]);
  });
  const room = kept.k.length / width;
  const inputs = {
    residPre: model.rows(residPre),
    keptK: { data: kept.k, dims: [nHead, dHead, room] },
    keptV: { data: kept.v, dims: [nHead, room, dHead] },
    filled: int64([kept.filled]),
  };
  const { residPost, k, v } = await session.run(inputs, ['residPost', 'k', 'v']);
  return {
    residPost: residPost.data as Float32Array,
    k: k.data as Float32Array,
    v: v.data as Float32Array,
  };
}
