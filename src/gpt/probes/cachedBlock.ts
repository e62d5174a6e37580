import type { Value } from '../../onnx/graphBuilder';
import { int64, type Tensor } from '../../onnx/runtime';
import { block } from '../block';
import type { Model } from '../model';
import { byHead } from '../stages/attention';
import { attentionOfNext } from '../stages/keptAttention';
import { attentionShape, queryKeyValue } from '../parts/attention';
import { positionsFromZero, rowCount } from '../stages/positions';

/** Keys and values of one layer for the positions of a text, by head. */
export interface KeysValues {
  k: Float32Array; // [nHead, dHead, n]
  v: Float32Array; // [nHead, n, dHead]
}

/** The keys and values of all positions of a layer, from residPre [n, nEmbd]. */
export async function keysValues(
  model: Model,
  layer: number,
  residPre: Float32Array,
): Promise<KeysValues> {
  const session = await model.probe(`keys and values ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const positions = positionsFromZero(g, resid);
    const [, k, v] = queryKeyValue(g, architecture, layer, resid, positions);
    const shape = attentionShape(config, layer);
    const keys = g.transpose(byHead(g, k, shape), [0, 2, 1]);
    g.output('k', keys, 'F32', [shape.nHead, shape.dHead, 'n']);
    g.output('v', byHead(g, v, shape), 'F32', [shape.nHead, 'n', shape.dHead]);
  });
  const { k, v } = await session.run({ residPre: model.rows(residPre) }, ['k', 'v']);
  return { k: k.data as Float32Array, v: v.data as Float32Array };
}

/** Keys and values with room for more than are there. */
export interface KeptRows extends KeysValues {
  filled: number;
}

/** One block at b new positions: the next one of each of b sequences, or the next b of one. */
export interface NextRows {
  residPost: Float32Array; // [b, nEmbd]
  k: Float32Array; // [b, nHead · dHead]
  v: Float32Array; // [b, nHead · dHead]
}

/**
 * residPre → residPost of one new position in each of b sequences, [b, nEmbd] both, and its own key
 * and value. All sequences go on from one text, whose keys and values they share.
 *
 * @param shared k [nHead, dHead, n], v [nHead, n, dHead].
 * @param own k [b, nHead, dHead, m], v [b, nHead, m, dHead], equally many filled in each sequence.
 */
export async function cachedBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  shared: KeptRows,
  own: KeptRows,
): Promise<NextRows> {
  const { nHead, dHead, nEmbd } = model.config;
  const session = await model.probe(`cached block ${layer}`, (g, architecture) => {
    const shape = attentionShape(architecture.config, layer);
    const resid = g.input('residPre', 'F32', ['b', nEmbd]);
    const kept = (name: string, places: string, front: string[]) => ({
      k: g.input(`${name}K`, 'F32', [...front, nHead, dHead, places]),
      v: g.input(`${name}V`, 'F32', [...front, nHead, places, dHead]),
      filled: g.input(`${name}Filled`, 'I64', [1]),
    });
    const sharedRows = kept('shared', 'n', []);
    const ownRows = kept('own', 'm', ['b']);
    const attend = (q: Value, k: Value, v: Value) => {
      g.output('k', k, 'F32', ['b', nHead * dHead]);
      g.output('v', v, 'F32', ['b', nHead * dHead]);
      return attentionOfNext(g, [q, k, v], sharedRows, ownRows, shape);
    };
    const place = g.op('Add', [sharedRows.filled, ownRows.filled]); // the same for all sequences
    const positions = g.op('Expand', [place, rowCount(g, resid)]);
    const { residPost } = block(g, architecture, layer, resid, positions, attend);
    g.output('residPost', residPost, 'F32', ['b', nEmbd]);
  });
  const b = residPre.length / nEmbd;
  const width = nHead * dHead;
  const n = shared.k.length / width;
  const m = own.k.length / width / b;
  const tensor = (data: Float32Array, ...dims: number[]): Tensor => ({ data, dims });
  const inputs = {
    residPre: model.rows(residPre),
    sharedK: tensor(shared.k, nHead, dHead, n),
    sharedV: tensor(shared.v, nHead, n, dHead),
    sharedFilled: int64([shared.filled]),
    ownK: tensor(own.k, b, nHead, dHead, m),
    ownV: tensor(own.v, b, nHead, m, dHead),
    ownFilled: int64([own.filled]),
  };
  const { residPost, k, v } = await session.run(inputs, ['residPost', 'k', 'v']);
  return {
    residPost: residPost.data as Float32Array,
    k: k.data as Float32Array,
    v: v.data as Float32Array,
  };
}
