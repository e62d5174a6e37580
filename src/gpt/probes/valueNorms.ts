import type { Model } from '../model';
import { byHead, forEachHead, fusedAttention } from '../stages/attention';
import {
  attentionOutput,
  attentionShape,
  groupedQueryKeyValue,
  headsWrite,
} from '../parts/attention';
import { gainOf, normScale } from '../parts/normalise';
import { positionsFromZero, rowCount } from '../stages/positions';

/** How much a head moves to a query from a position alone: `norms` there divided by `scales` here. */
export interface ValueNorms {
  norms: Float32Array; // [nHead, n]
  /** 1 where what attention writes is not normalised before it is added. */
  scales: Float32Array; // [n]
}

/**
 * The norm of what each head would add to the residual stream if it looked at one position alone, for
 * residPre [n, nEmbd]: ‖v W_O‖. Where what attention writes is normalised before it is added (Gemma 2
 * and 3), ‖v W_O · γ‖ / σ, with the scale σ of that norm frozen at that of the query.
 */
export async function valueNorms(
  model: Model,
  layer: number,
  residPre: Float32Array,
): Promise<ValueNorms> {
  const session = await model.probe(`value norms ${layer}`, (g, architecture) => {
    const { config, layout } = architecture;
    const shape = attentionShape(config, layer);
    const norm = layout.blocks[layer]!.attentionOutputNorm;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const positions = positionsFromZero(g, resid);
    const [q, k, v] = groupedQueryKeyValue(g, architecture, layer, resid, positions);
    const values = byHead(g, forEachHead(g, v, shape), shape); // [nHead, n, dHead]
    const { perHead } = attentionOutput(g, architecture, layer);
    const written = g.op('MatMul', [values, perHead]); // [nHead, n, nEmbd]
    const added = norm ? g.op('Mul', [written, gainOf(g, architecture, norm)]) : written;
    const norms = g.op('ReduceL2', [added, g.constant('I64', [-1])], { keepdims: 0n });
    g.output('norms', norms, 'F32', [config.nHead, 'n']);
    const n = rowCount(g, resid);
    if (!norm) {
      g.output('scales', g.op('Expand', [g.constant('F32', [1]), n]), 'F32', ['n']);
      return;
    }
    const sequences = g.op('Concat', [g.constant('I64', [1]), n], { axis: 0n });
    const z = fusedAttention(g, q, k, v, sequences, shape);
    const together = headsWrite(g, architecture, layer, z);
    g.output('scales', g.reshape(normScale(g, architecture, together), [-1]), 'F32', ['n']);
  });
  const inputs = { residPre: model.rows(residPre) };
  const { norms, scales } = await session.run(inputs, ['norms', 'scales']);
  return { norms: norms.data as Float32Array, scales: scales.data as Float32Array };
}
