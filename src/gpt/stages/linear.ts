import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/** x·W + b for x [n, in], W [in, out] and b [out]: the layout of GPT-2's `Conv1D`. */
export function linear(g: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return g.op('Gemm', [x, weight, bias]); // [n, out]
}
