import type { Value } from '../../onnx/graphBuilder';
import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { finalNorm, logits as logitsOf } from '../parts/unembed';

/** How the distribution at each layer and position stands to the position's last one. */
export interface LensToFinal {
  topIds: BigInt64Array; // [layer · position]
  topProbability: Float32Array; // [layer · position]
  /** Of the token that is the most likely one in the last layer. */
  finalProbability: Float32Array; // [layer · position]
  /** KL(final ‖ here) = Σ p_final (ln p_final − ln p_here), in nats. */
  klToFinal: Float32Array; // [layer · position]
}

/**
 * Final norm and unembedding for some positions after several layers, [layer, position, nEmbd]: the
 * last layer's are what the others are compared with. No row of logits leaves the graph.
 */
export async function lensToFinal(
  model: Model,
  resid: Float32Array,
  positions: number,
): Promise<LensToFinal> {
  const session = await model.probe('lens to final', (g, architecture) => {
    const { nEmbd, vocabSize } = architecture.config;
    const rows = g.input('resid', 'F32', ['m', nEmbd]); // m = layers · positions
    const chunk = g.input('positions', 'I64', [1]);
    const rest = g.constant('I64', [-1]);
    const lastAxis = g.constant('I64', [-1]);
    /** [m, …] → [layers, positions, …], and the last layer of it, [1, positions, …] */
    const byLayer = (x: Value, width: number) =>
      g.op('Reshape', [x, g.op('Concat', [rest, chunk, g.constant('I64', [width])], { axis: 0n })]);
    const lastLayer = (x: Value) => g.op('Gather', [x, g.constant('I64', [-1])], { axis: 0n });

    const logits = logitsOf(g, architecture, finalNorm(g, architecture, rows));
    const logprobs = byLayer(g.op('LogSoftmax', [logits], { axis: -1n }), vocabSize);
    const finalLogprobs = lastLayer(logprobs);
    const finalProbabilities = g.op('Exp', [finalLogprobs]);
    const topIds = g.op('ArgMax', [logprobs], { axis: -1n, keepdims: 1n }); // [layers, positions, 1]
    const probabilityOf = (ids: Value) =>
      g.op('Exp', [g.op('GatherElements', [logprobs, ids], { axis: 2n })]);
    const finalIds = g.op('Expand', [lastLayer(topIds), g.op('Shape', [topIds])]);
    const divergence = g.op('ReduceSum', [
      g.op('Mul', [finalProbabilities, g.op('Sub', [finalLogprobs, logprobs])]),
      lastAxis,
    ]);
    const flat = (x: Value) => g.reshape(x, [-1]);
    g.output('topIds', flat(topIds), 'I64', ['m']);
    g.output('topProbability', flat(probabilityOf(topIds)), 'F32', ['m']);
    g.output('finalProbability', flat(probabilityOf(finalIds)), 'F32', ['m']);
    g.output('klToFinal', flat(divergence), 'F32', ['m']);
  });
  const inputs = { resid: model.rows(resid), positions: int64([positions]) };
  const outputs = await session.run(inputs, [
    'topIds',
    'topProbability',
    'finalProbability',
    'klToFinal',
  ]);
  return {
    topIds: outputs.topIds.data as BigInt64Array,
    topProbability: outputs.topProbability.data as Float32Array,
    finalProbability: outputs.finalProbability.data as Float32Array,
    klToFinal: outputs.klToFinal.data as Float32Array,
  };
}
