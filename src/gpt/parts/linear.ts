import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Architecture } from '../families/family';
import type { Dense } from '../families/layout';

/** x·W + b for x [n, in]: [n, out]. */
export function linear(g: GraphBuilder, { weight }: Architecture, layer: Dense, x: Value): Value {
  const bias = layer.bias && g.weight(weight(layer.bias));
  return g.gemm(x, weight(layer.weight), bias, layer.stored === 'outIn');
}

/** A layer's matrix as [in, out], however it is stored. */
export function matrix(g: GraphBuilder, { weight }: Architecture, layer: Dense): Value {
  const stored = g.weight(weight(layer.weight));
  return layer.stored === 'inOut' ? stored : g.transpose(stored, [1, 0]);
}
