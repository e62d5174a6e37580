import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { causalMask, masked, windowBias, type AttentionShape } from './scores';

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
  shape: AttentionShape,
): Value {
  const { nHead, dHead, scale, window, cap } = shape;
  const width = nHead * dHead;
  if (cap !== null) return cappedAttention(g, [q, k, v], sequences, shape);
  const dims = g.op('Concat', [sequences, g.constant('I64', [width])], { axis: 0n });
  const batched = [q, k, v].map((x) => g.op('Reshape', [x, dims]));
  const attributes = { num_heads: BigInt(nHead), unidirectional: 1n, scale };
  const n = g.op('Gather', [sequences, g.constant('I64', [1])], { axis: 0n });
  const inputs =
    window === null ? batched : [...batched, '', '', windowBias(g, null, n, n, window)];
  const z = g.contrib('MultiHeadAttention', inputs, attributes); // [b, n, nHead · dHead]
  return g.reshape(z, [-1, width]);
}

/** The same for scores that are capped, which the fused operator does not know. */
function cappedAttention(
  g: GraphBuilder,
  [q, k, v]: readonly [Value, Value, Value], // [b · n, nHead · dHead]
  sequences: Value,
  shape: AttentionShape,
): Value {
  const { nHead, dHead } = shape;
  const heads = g.constant('I64', [nHead, dHead]);
  const split = g.op('Concat', [sequences, heads], { axis: 0n });
  const n = g.op('Gather', [sequences, g.constant('I64', [1])], { axis: 0n });
  const rows = g.op('Concat', [g.constant('I64', [-1]), n, g.constant('I64', [dHead])], {
    axis: 0n,
  });
  const [qHeads, kHeads, vHeads] = [q, k, v].map((x) =>
    g.op('Reshape', [g.transpose(g.op('Reshape', [x, split]), [0, 2, 1, 3]), rows]),
  ); // [b · nHead, n, dHead]
  const z = g.op('MatMul', [causalSoftmax(g, qHeads!, kHeads!, shape), vHeads!]);
  const back = g.op('Concat', [g.constant('I64', [-1, nHead]), n, g.constant('I64', [dHead])], {
    axis: 0n,
  });
  return g.reshape(g.transpose(g.op('Reshape', [z, back]), [0, 2, 1, 3]), [-1, nHead * dHead]);
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

/** softmax(scale · q kᵀ) over the past, for q and k [heads, n, dHead]: [heads, n, n]. */
export function causalSoftmax(g: GraphBuilder, q: Value, k: Value, shape: AttentionShape) {
  const scores = g.op('MatMul', [q, g.transpose(k, [0, 2, 1])]);
  const mask = causalMask(g, q, shape.window);
  return g.op('Softmax', [masked(g, scores, mask, shape)], { axis: -1n });
}

/** [n, nHead · dHead] → [nHead, n, dHead] */
export function byHead(g: GraphBuilder, x: Value, { nHead, dHead }: AttentionShape): Value {
  return g.transpose(g.reshape(x, [-1, nHead, dHead]), [1, 0, 2]);
}
