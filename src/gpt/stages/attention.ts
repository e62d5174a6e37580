import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

export interface AttentionShape {
  nHead: number;
  dHead: number;
  /** What the scores q·k are multiplied by. */
  scale: number;
}

/**
 * Causal self-attention in one fused operator: softmax(scale · q kᵀ, past only) v for each head,
 * heads side by side. Equation 1 of Vaswani et al. 2017; what a pass runs.
 *
 * @param sequences [2] int64: how many sequences the rows hold, and how long each is.
 */
export function fusedAttention(
  g: GraphBuilder,
  q: Value, // [b · n, nHead · dHead]
  k: Value, // [b · n, nHead · dHead]
  v: Value, // [b · n, nHead · dHead]
  sequences: Value,
  { nHead, dHead, scale }: AttentionShape,
): Value {
  const width = nHead * dHead;
  const dims = g.op('Concat', [sequences, g.constant('I64', [width])], { axis: 0n });
  const batched = [q, k, v].map((x) => g.op('Reshape', [x, dims]));
  const z = g.contrib('MultiHeadAttention', batched, {
    num_heads: BigInt(nHead),
    unidirectional: 1n,
    scale,
  }); // [b, n, nHead · dHead]
  return g.reshape(z, [-1, width]);
}

/** The same for a single query that may look at all keys: z [1, nHead · dHead]. */
export function attentionOfLast(
  g: GraphBuilder,
  q: Value, // [1, nHead · dHead]
  k: Value, // [n, nHead · dHead]
  v: Value, // [n, nHead · dHead]
  { nHead, dHead, scale }: AttentionShape,
): Value {
  const batched = [q, k, v].map((x) => g.reshape(x, [1, -1, nHead * dHead]));
  const z = g.contrib('MultiHeadAttention', batched, { num_heads: BigInt(nHead), scale });
  return g.reshape(z, [1, -1]);
}

/**
 * The same for several sequences that all begin with the same `past` positions, whose keys and
 * values are given once: z of what follows, [b · m, nHead · dHead].
 *
 * @param dims [3] int64: how many sequences, how many positions in each follow, anything.
 */
export function attentionAfter(
  g: GraphBuilder,
  q: Value, // [b · m, nHead · dHead]
  k: Value, // [b · m, nHead · dHead]
  v: Value, // [b · m, nHead · dHead]
  pastK: Value, // [past, nHead · dHead]
  pastV: Value, // [past, nHead · dHead]
  dims: Value,
  { nHead, dHead, scale }: AttentionShape,
): Value {
  const width = nHead * dHead;
  const cut = (start: number, end: number) =>
    g.op('Slice', [dims, ...[[start], [end], [0]].map((at) => g.constant('I64', at))]);
  const sequences = g.op('Concat', [cut(0, 2), g.constant('I64', [width])], { axis: 0n });
  const batched = [q, k, v].map((x) => g.op('Reshape', [x, sequences]));
  const shared = g.op('Concat', [cut(0, 1), g.constant('I64', [1, 1, 1])], { axis: 0n });
  const past = [pastK, pastV].map((x) => {
    const heads = g.op('Unsqueeze', [
      byHead(g, x, { nHead, dHead, scale }),
      g.constant('I64', [0]),
    ]);
    return g.op('Expand', [heads, shared]); // [b, nHead, past, dHead]
  });
  const attributes = { num_heads: BigInt(nHead), unidirectional: 1n, scale };
  // It takes the past into account only where it is asked for all keys and values, outputs 2 and 3.
  const inputs = [...batched, '', '', '', ...past];
  const z = g.contrib('MultiHeadAttention', inputs, attributes, 3); // [b, m, nHead · dHead]
  return g.reshape(z, [-1, width]);
}

/**
 * The attention pattern itself, of chosen heads: the same formula up to the softmax. Rows are query
 * positions, each sums to 1 and is exactly 0 ahead of the query.
 */
export function attentionPattern(
  g: GraphBuilder,
  q: Value, // [n, nHead · dHead]
  k: Value, // [n, nHead · dHead]
  heads: Value, // [chosen] int64
  shape: AttentionShape,
): Value {
  const chosen = (x: Value) => g.op('Gather', [byHead(g, x, shape), heads], { axis: 0n });
  return causalSoftmax(g, chosen(q), chosen(k), shape);
}

/** [n, nHead · dHead] → [nHead, n, dHead] */
export function byHead(g: GraphBuilder, x: Value, { nHead, dHead }: AttentionShape): Value {
  return g.transpose(g.reshape(x, [-1, nHead, dHead]), [1, 0, 2]);
}

/** softmax(scale · q kᵀ) over the past, for q and k [heads, n, dHead]: [heads, n, n]. */
export function causalSoftmax(g: GraphBuilder, q: Value, k: Value, { scale }: AttentionShape) {
  const scores = g.op('Mul', [
    g.op('MatMul', [q, g.transpose(k, [0, 2, 1])]),
    g.constant('F32', [scale], []),
  ]);
  return g.op('Softmax', [g.op('Add', [scores, causalMask(g, q)])], { axis: -1n });
}

/** −∞ where the key lies ahead of the query, else 0: [n, n], for x [heads, n, dHead]. */
function causalMask(g: GraphBuilder, x: Value): Value {
  const n = g.op('Shape', [x], { start: 1n, end: 2n });
  const square = g.op('Concat', [n, n], { axis: 0n });
  const ahead = g.op('Expand', [g.constant('F32', [-Infinity], []), square]);
  return g.op('Trilu', [ahead, g.constant('I64', [1], [])], { upper: 1n });
}
