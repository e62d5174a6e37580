import { int64, type Tensor } from '../../onnx/runtime';
import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { block } from '../block';
import type { Model } from '../model';
import { byHead, causalSoftmax } from '../stages/attention';
import { attentionShape } from '../parts/attention';
import { positionsFromZero } from '../stages/positions';

/**
 * What a block does differently. A factor multiplies an output; a share of the mean, over all
 * positions, is added to what is left: factor 0 and mean 0 is zero ablation, factor 0 and mean 1
 * mean ablation.
 */
export interface BlockEdits {
  headFactor: number[]; // [nHead], of z
  headMean: number[]; // [nHead]
  /** Of the whole attention output, with its bias. */
  attnFactor: number;
  mlpFactor: number;
  mlpMean: number;
  /** Rows of attention patterns that are set: `weights` is [n]. */
  patternRows: { head: number; query: number; weights: Float32Array }[];
}

/** The edits that change nothing. */
export function noEdits(nHead: number): BlockEdits {
  const heads = <T>(value: T) => new Array<T>(nHead).fill(value);
  return {
    headFactor: heads(1),
    headMean: heads(0),
    attnFactor: 1,
    mlpFactor: 1,
    mlpMean: 0,
    patternRows: [],
  };
}

/** residPre → residPost of one block with edits, both [n, nEmbd]. */
export async function changedBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  edits: BlockEdits,
): Promise<Float32Array> {
  const session = await model.probe(`changed block ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const shape = attentionShape(config, layer);
    const headFactor = g.input('headFactor', 'F32', [config.nHead, 1, 1]);
    const headMean = g.input('headMean', 'F32', [config.nHead, 1, 1]);
    const attnFactor = g.input('attnFactor', 'F32', [1]);
    const mlpFactor = g.input('mlpFactor', 'F32', [1]);
    const mlpMean = g.input('mlpMean', 'F32', [1]);
    const rowPlaces = g.input('rowPlaces', 'I64', ['r', 2]);
    const rowWeights = g.input('rowWeights', 'F32', ['r', 'n']);
    const attend = (q: Value, k: Value, v: Value) => {
      const ofHeads = (x: Value) => byHead(g, x, shape);
      const own = causalSoftmax(g, ofHeads(q), ofHeads(k), shape); // [nHead, n, n]
      const pattern = g.op('ScatterND', [own, rowPlaces, rowWeights]);
      const z = g.op('MatMul', [pattern, ofHeads(v)]); // [nHead, n, dHead]
      const edited = mixed(g, z, 1, headFactor, headMean);
      return g.reshape(g.transpose(edited, [1, 0, 2]), [-1, shape.nHead * shape.dHead]);
    };
    const { residPost } = block(
      g,
      architecture,
      layer,
      resid,
      positionsFromZero(g, resid),
      attend,
      {
        attnOut: (attnOut) => g.op('Mul', [attnOut, attnFactor]),
        mlpOut: (mlpOut) => mixed(g, mlpOut, 0, mlpFactor, mlpMean),
      },
    );
    g.output('residPost', residPost, 'F32', ['n', config.nEmbd]);
  });
  const n = residPre.length / model.config.nEmbd;
  const factors = (values: number[], ...dims: number[]): Tensor => ({
    data: Float32Array.from(values),
    dims: [values.length, ...dims],
  });
  // The first query sees only itself: setting its row to that changes nothing.
  const rows = edits.patternRows.length > 0 ? edits.patternRows : [firstRow(n)];
  const inputs = {
    residPre: model.rows(residPre),
    headFactor: factors(edits.headFactor, 1, 1),
    headMean: factors(edits.headMean, 1, 1),
    attnFactor: factors([edits.attnFactor]),
    mlpFactor: factors([edits.mlpFactor]),
    mlpMean: factors([edits.mlpMean]),
    rowPlaces: int64(
      rows.flatMap(({ head, query }) => [head, query]),
      [rows.length, 2],
    ),
    rowWeights: {
      data: Float32Array.from(rows.flatMap(({ weights }) => [...weights])),
      dims: [rows.length, n],
    },
  };
  return (await session.run(inputs, ['residPost'])).residPost.data as Float32Array;
}

/** factor · x + meanShare · (the mean of x over the positions, which lie along `axis`). */
function mixed(g: GraphBuilder, x: Value, axis: number, factor: Value, meanShare: Value): Value {
  const mean = g.op('ReduceMean', [x, g.constant('I64', [axis])], { keepdims: 1n });
  return g.op('Add', [g.op('Mul', [x, factor]), g.op('Mul', [mean, meanShare])]);
}

function firstRow(n: number) {
  const weights = new Float32Array(n);
  weights[0] = 1;
  return { head: 0, query: 0, weights };
}
