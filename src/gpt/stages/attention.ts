import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

export interface AttentionShape {
  nHead: number;
  nEmbd: number;
  /** What the scores q·k are multiplied by. */
  scale: number;
}

/**
 * Causal self-attention in one fused operator: softmax(scale · q kᵀ, past only) v for each head,
 * heads side by side. Equation 1 of Vaswani et al. 2017; what a pass runs.
 */
export function fusedAttention(
  g: GraphBuilder,
  q: Value, // [n, nEmbd]
  k: Value, // [n, nEmbd]
  v: Value, // [n, nEmbd]
  { nHead, nEmbd, scale }: AttentionShape,
): Value {
  const batched = [q, k, v].map((x) => g.reshape(x, [1, -1, nEmbd]));
  const z = g.contrib('MultiHeadAttention', batched, {
    num_heads: BigInt(nHead),
    unidirectional: 1n,
    scale,
  }); // [1, n, nEmbd]
  return g.reshape(z, [-1, nEmbd]);
}

/**
 * The attention pattern itself, of chosen heads: the same formula up to the softmax. Rows are query
 * positions, each sums to 1 and is exactly 0 ahead of the query.
 */
export function attentionPattern(
  g: GraphBuilder,
  q: Value, // [n, nEmbd]
  k: Value, // [n, nEmbd]
  heads: Value, // [chosen] int64
  { nHead, nEmbd, scale }: AttentionShape,
): Value {
  const ofHeads = (x: Value, perm: number[]) =>
    g.op('Gather', [g.transpose(g.reshape(x, [-1, nHead, nEmbd / nHead]), perm), heads], {
      axis: 0n,
    });
  const scores = g.op('Mul', [
    g.op('MatMul', [ofHeads(q, [1, 0, 2]), ofHeads(k, [1, 2, 0])]),
    g.constant('F32', [scale], []),
  ]); // [chosen, n, n]
  return g.op('Softmax', [g.op('Add', [scores, causalMask(g, q)])], { axis: -1n });
}

/** −∞ where the key lies ahead of the query, else 0: [n, n]. */
function causalMask(g: GraphBuilder, q: Value): Value {
  const n = g.op('Shape', [q], { start: 0n, end: 1n });
  const square = g.op('Concat', [n, n], { axis: 0n });
  const ahead = g.op('Expand', [g.constant('F32', [-Infinity], []), square]);
  return g.op('Trilu', [ahead, g.constant('I64', [1], [])], { upper: 1n });
}
