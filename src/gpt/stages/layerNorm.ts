import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/** Layer normalisation over the last axis (Ba et al. 2016), with its learned gain and bias. */
export function layerNorm(
  g: GraphBuilder,
  x: Value, // [n, nEmbd]
  gain: Value, // [nEmbd]
  bias: Value, // [nEmbd]
  epsilon: number,
): Value {
  return g.op('LayerNormalization', [x, gain, bias], { axis: -1n, epsilon });
}
