import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { causalMask, masked, windowBias, type AttentionShape } from './scores';

/** From so many tokens on, what need not be computed ahead of a query outweighs what is copied. */
const longText = 640;

/**
 * Causal self-attention in one fused operator: softmax(scale · q kᵀ, past only) v for each head,
 * heads side by side. Equation 1 of Vaswani et al. 2017; what a pass runs.
 *
 * Of the runtime's two operators, one takes keys and values as heads share them, and computes nothing
 * ahead of a query, but only for heads of some lengths; the other is faster for short texts where no
 * heads share. Scores that are capped are computed step by step: neither is as fast there.
 *
 * @param sequences [2] int64: how many sequences the rows hold, and how long each is.
 */
export function fusedAttention(
  g: GraphBuilder,
  q: Value, // [b · n, nHead · dHead]
  k: Value, // [b · n, nKvHead · dHead]
  v: Value, // [b · n, nKvHead · dHead]
  sequences: Value,
  shape: AttentionShape,
): Value {
  const { nHead, nKvHead, dHead, cap } = shape;
  const forAll = () => [q, forEachHead(g, k, shape), forEachHead(g, v, shape)] as const;
  if (cap !== null) return cappedAttention(g, forAll(), sequences, shape);
  const grouped = () => groupedAttention(g, [q, k, v], sequences, shape);
  const multiHead = () => multiHeadAttention(g, forAll(), sequences, shape);
  if (dHead % 8 !== 0) return multiHead();
  if (nKvHead < nHead) return grouped();
  const n = g.op('Squeeze', [countOf(g, sequences, 1)]);
  const long = g.op('GreaterOrEqual', [n, g.constant('I64', [longText], [])]);
  return g.either(long, ['rows', nHead * dHead], grouped, multiHead);
}

/** Keys and values as heads share them. */
function groupedAttention(
  g: GraphBuilder,
  [q, k, v]: readonly [Value, Value, Value], // [b · n, nHead · dHead], then [b · n, nKvHead · dHead]
  sequences: Value,
  { nHead, nKvHead, dHead, scale, window }: AttentionShape,
): Value {
  const n = countOf(g, sequences, 1);
  const last = g.cast(g.op('Sub', [n, g.constant('I64', [1])]), 'I32');
  const inputs = [
    batched(g, q, sequences, nHead * dHead),
    ...[k, v].map((x) => batched(g, x, sequences, nKvHead * dHead)),
    '', // no past keys
    '', // no past values
    g.op('Expand', [last, countOf(g, sequences, 0)]), // of each sequence, its length less 1
    g.cast(n, 'I32'),
  ];
  const attributes = {
    num_heads: BigInt(nHead),
    kv_num_heads: BigInt(nKvHead),
    scale,
    ...(window === null ? {} : { local_window_size: BigInt(window) }),
  };
  // All keys and values are outputs 2 and 3, which it wants to be asked for.
  const z = g.contrib('GroupQueryAttention', inputs, attributes, 3); // [b, n, nHead · dHead]
  return g.reshape(z, [-1, nHead * dHead]);
}

/** All heads, each with keys and values of its own. */
export function multiHeadAttention(
  g: GraphBuilder,
  qkv: readonly [Value, Value, Value], // [b · n, nHead · dHead]
  sequences: Value,
  { nHead, dHead, scale, window }: AttentionShape,
): Value {
  const n = countOf(g, sequences, 1);
  const inputs = qkv.map((x) => batched(g, x, sequences, nHead * dHead));
  if (window !== null) inputs.push('', '', windowBias(g, null, n, n, window));
  const attributes = { num_heads: BigInt(nHead), unidirectional: 1n, scale };
  const z = g.contrib('MultiHeadAttention', inputs, attributes); // [b, n, nHead · dHead]
  return g.reshape(z, [-1, nHead * dHead]);
}

/** How many sequences there are (0), or how long each is (1): [1] int64. */
function countOf(g: GraphBuilder, sequences: Value, axis: 0 | 1): Value {
  return g.op('Gather', [sequences, g.constant('I64', [axis])], { axis: 0n });
}

/** [b · n, width] → [b, n, width] */
function batched(g: GraphBuilder, x: Value, sequences: Value, width: number): Value {
  const dims = g.op('Concat', [sequences, g.constant('I64', [width])], { axis: 0n });
  return g.op('Reshape', [x, dims]);
}

/** Keys or values for each head, where several share them: [n, nKvHead · dHead] → [n, nHead · dHead]. */
export function forEachHead(
  g: GraphBuilder,
  x: Value,
  { nHead, nKvHead, dHead }: AttentionShape,
): Value {
  if (nHead === nKvHead) return x;
  const shared = g.reshape(x, [-1, nKvHead, 1, dHead]);
  const times = g.constant('I64', [1, 1, nHead / nKvHead, 1]);
  return g.reshape(g.op('Expand', [shared, times]), [-1, nHead * dHead]);
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
