import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { logitAndRank, summarise } from '../stages/unembedding';
import { finalNorm, logits as logitsOf } from '../parts/unembed';

/** The distributions that follow from some rows; `final` is the last row's most likely token. */
export interface LensDistributions {
  topLogits: Float32Array; // [m, k]
  topIds: BigInt64Array; // [m, k]
  logSumExp: Float32Array; // [m]
  entropy: Float32Array; // [m], nats
  finalLogit: Float32Array; // [m]
  finalRank: Float32Array; // [m], from 1
  actualLogit: Float32Array; // [m]
  actualRank: Float32Array; // [m], from 1
}

/**
 * Final norm and unembedding for the residual stream at one position after each part of the model,
 * [m, nEmbd], the last of which is what the model itself predicts from.
 */
export async function lensDistributions(
  model: Model,
  resid: Float32Array,
  actualId: number,
  topK: number,
): Promise<LensDistributions> {
  const session = await model.probe('lens', (g, architecture) => {
    const rows = g.input('resid', 'F32', ['m', architecture.config.nEmbd]);
    const actual = g.input('actualId', 'I64', [1]);
    const k = g.input('k', 'I64', [1]);
    const logits = logitsOf(g, architecture, finalNorm(g, architecture, rows));
    const m = g.op('Shape', [rows], { start: 0n, end: 1n });
    const summary = summarise(g, logits, g.op('Expand', [actual, m]), k);
    const range = (first: number, end: number) =>
      [g.constant('I64', [first]), g.constant('I64', [end])] as const;
    const [last, first] = [range(-1, Number.MAX_SAFE_INTEGER), range(0, 1)];
    const lastTop = g.op('Slice', [summary.topIds, last[0], last[1], g.constant('I64', [0])]);
    const finalId = g.reshape(
      g.op('Slice', [lastTop, first[0], first[1], g.constant('I64', [1])]),
      [1],
    );
    const final = logitAndRank(g, logits, g.op('Expand', [finalId, m]));
    g.output('topLogits', summary.topLogits, 'F32', ['m', 'k']);
    g.output('topIds', summary.topIds, 'I64', ['m', 'k']);
    g.output('logSumExp', summary.logSumExp, 'F32', ['m']);
    g.output('entropy', summary.entropy, 'F32', ['m']);
    g.output('finalLogit', final.logit, 'F32', ['m']);
    g.output('finalRank', final.rank, 'F32', ['m']);
    g.output('actualLogit', summary.actualLogit, 'F32', ['m']);
    g.output('actualRank', summary.actualRank, 'F32', ['m']);
  });
  const inputs = {
    resid: model.rows(resid),
    actualId: int64([actualId]),
    k: int64([Math.min(topK, model.config.vocabSize)]),
  };
  const outputs = await session.run(inputs, [
    'topLogits',
    'topIds',
    'logSumExp',
    'entropy',
    'finalLogit',
    'finalRank',
    'actualLogit',
    'actualRank',
  ]);
  return {
    topLogits: outputs.topLogits.data as Float32Array,
    topIds: outputs.topIds.data as BigInt64Array,
    logSumExp: outputs.logSumExp.data as Float32Array,
    entropy: outputs.entropy.data as Float32Array,
    finalLogit: outputs.finalLogit.data as Float32Array,
    finalRank: outputs.finalRank.data as Float32Array,
    actualLogit: outputs.actualLogit.data as Float32Array,
    actualRank: outputs.actualRank.data as Float32Array,
  };
}
