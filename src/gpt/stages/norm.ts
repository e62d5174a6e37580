import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/** Layer normalisation over the last axis (Ba et al. 2016), with its learned gain and bias. */
export function layerNorm(
  g: GraphBuilder,
  x: Value, // [n, nEmbd]
  gain: Value, // [nEmbd]
  bias: Value | null, // [nEmbd]
  epsilon: number,
): Value {
  return g.op('LayerNormalization', bias ? [x, gain, bias] : [x, gain], { axis: -1n, epsilon });
}

/** Rows with their mean taken out: the linear part of layer normalisation, x [m, nEmbd]. */
export function centred(g: GraphBuilder, x: Value): Value {
  const mean = g.op('ReduceMean', [x, g.constant('I64', [-1])], { keepdims: 1n });
  return g.op('Sub', [x, mean]);
}

/** What layer normalisation divides each row by, √(variance + ε): [m, 1]. */
export function layerNormScale(g: GraphBuilder, x: Value, epsilon: number): Value {
  const deviation = centred(g, x);
  const variance = g.op(
    'ReduceMean',
    [g.op('Mul', [deviation, deviation]), g.constant('I64', [-1])],
    { keepdims: 1n },
  );
  return g.op('Sqrt', [g.op('Add', [variance, g.constant('F32', [epsilon], [])])]);
}

/** Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019), with its gain. */
export function rmsNorm(g: GraphBuilder, x: Value, gain: Value, epsilon: number): Value {
  // onnxruntime's own, though in ONNX's domain: one operator in place of six.
  return g.op('SimplifiedLayerNormalization', [x, gain], { axis: -1n, epsilon, stash_type: 1n });
}

/** What it divides each row by, √(mean of squares + ε): [.., 1]. */
export function rmsScale(g: GraphBuilder, x: Value, epsilon: number): Value {
  const squares = g.op('ReduceMean', [g.op('Mul', [x, x]), g.constant('I64', [-1])], {
    keepdims: 1n,
  });
  return g.op('Sqrt', [g.op('Add', [squares, g.constant('F32', [epsilon], [])])]);
}
