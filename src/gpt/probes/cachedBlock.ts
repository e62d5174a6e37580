import type { Value } from '../../onnx/graphBuilder';
import { block } from '../block';
import type { Model } from '../model';
import { attentionOfLast } from '../stages/attention';

/** Keys and values of one layer for the positions of a text, each [n, nHead · dHead]. */
export interface KeysValues {
  k: Float32Array;
  v: Float32Array;
}

/** The keys and values of all positions of a layer, from residPre [n, nEmbd]. */
export async function keysValues(
  model: Model,
  layer: number,
  residPre: Float32Array,
): Promise<KeysValues> {
  const session = await model.probe(`keys and values ${layer}`, (g, family, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const [, k, v] = family.queryKeyValue(g, architecture, layer, resid);
    const { nHead, dHead } = family.attentionShape(config, layer);
    g.output('k', k, 'F32', ['n', nHead * dHead]);
    g.output('v', v, 'F32', ['n', nHead * dHead]);
  });
  const { k, v } = await session.run({ residPre: model.rows(residPre) }, ['k', 'v']);
  return { k: k.data as Float32Array, v: v.data as Float32Array };
}

/** One block at the position after those whose keys and values are kept. */
export interface NextRow extends KeysValues {
  residPost: Float32Array; // [1, nEmbd]
}

/** residPre → residPost of one new position, [1, nEmbd] both, and its own key and value. */
export async function cachedBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  past: KeysValues,
): Promise<NextRow> {
  const session = await model.probe(`cached block ${layer}`, (g, family, architecture) => {
    const { nEmbd } = architecture.config;
    const shape = family.attentionShape(architecture.config, layer);
    const width = shape.nHead * shape.dHead;
    const resid = g.input('residPre', 'F32', [1, nEmbd]);
    const pastK = g.input('pastK', 'F32', ['past', width]);
    const pastV = g.input('pastV', 'F32', ['past', width]);
    const attend = (q: Value, k: Value, v: Value) => {
      g.output('k', k, 'F32', [1, width]);
      g.output('v', v, 'F32', [1, width]);
      const all = (before: Value, own: Value) => g.op('Concat', [before, own], { axis: 0n });
      return attentionOfLast(g, q, all(pastK, k), all(pastV, v), shape);
    };
    const { residPost } = block(g, family, architecture, layer, resid, attend);
    g.output('residPost', residPost, 'F32', [1, nEmbd]);
  });
  const { length: width } = residPre;
  const inputs = {
    residPre: model.rows(residPre),
    pastK: { data: past.k, dims: [past.k.length / width, width] },
    pastV: { data: past.v, dims: [past.v.length / width, width] },
  };
  const { residPost, k, v } = await session.run(inputs, ['residPost', 'k', 'v']);
  return {
    residPost: residPost.data as Float32Array,
    k: k.data as Float32Array,
    v: v.data as Float32Array,
  };
}
