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

/** Keys and values that were kept, by head, so that no product has to turn them first. */
export interface KeptKeysValues {
  k: Value;
  v: Value;
  /** [1] int64: how many of the places are filled; the others are not looked at. */
  filled: Value;
}

/**
 * Attention of the one query that comes next in each of b sequences, z [b, nHead · dHead]. It sees
 * the keys that all sequences share, those of its own sequence, and its own.
 */
export function attentionOfNext(
  g: GraphBuilder,
  [q, k, v]: readonly [Value, Value, Value], // [b, nHead · dHead]
  shared: KeptKeysValues, // k [nHead, dHead, n], v [nHead, n, dHead]
  own: KeptKeysValues, // k [b, nHead, dHead, m], v [b, nHead, m, dHead]
  { nHead, dHead, scale }: AttentionShape,
): Value {
  const axis = (dim: number) => g.constant('I64', [dim]);
  const [qHeads, kHeads, vHeads] = [q, k, v].map((x) => g.reshape(x, [-1, nHead, dHead])); // [b, head, d]
  const byHeads = (x: Value) => g.transpose(x, [1, 0, 2]); // [b, head, …] ↔ [head, b, …]
  const asRow = (x: Value) => g.op('Unsqueeze', [x, axis(2)]); // [b, head, 1, …]
  const noRow = (x: Value) => g.op('Squeeze', [x, axis(2)]);

  const scoresShared = g.op('MatMul', [byHeads(qHeads!), shared.k]); // [head, b, n]
  const scoresOwn = byHeads(noRow(g.op('MatMul', [asRow(qHeads!), own.k]))); // [head, b, m]
  const product = g.op('Mul', [qHeads!, kHeads!]);
  const scoreSelf = byHeads(g.op('ReduceSum', [product, axis(-1)], { keepdims: 1n })); // [head, b, 1]
  const scores = g.op(
    'Concat',
    [
      g.op('Add', [scoresShared, filledMask(g, shared.v, shared.filled)]),
      g.op('Add', [scoresOwn, filledMask(g, own.v, own.filled)]),
      scoreSelf,
    ],
    { axis: -1n },
  );
  const scaled = g.op('Mul', [scores, g.constant('F32', [scale], [])]);
  const pattern = g.op('Softmax', [scaled], { axis: -1n }); // [head, b, n + m + 1]
  const sizes = g.op('Concat', [places(g, shared.v), places(g, own.v), axis(1)], { axis: 0n });
  const [toShared, toOwn, toSelf] = g.ops('Split', [pattern, sizes], 3, { axis: -1n });

  const zShared = byHeads(g.op('MatMul', [toShared!, shared.v])); // [b, head, d]
  const zOwn = noRow(g.op('MatMul', [asRow(byHeads(toOwn!)), own.v]));
  const zSelf = g.op('Mul', [byHeads(toSelf!), vHeads!]);
  const z = g.op('Add', [g.op('Add', [zShared, zOwn]), zSelf]);
  return g.reshape(z, [-1, nHead * dHead]);
}

/**
 * Attention of m queries that follow kept keys and values, z [m, nHead · dHead]: each sees what was
 * kept, those of the m before it, and itself. What `attentionOfNext` is for one query of many texts,
 * this is for many queries of one.
 */
export function attentionOfFollowing(
  g: GraphBuilder,
  [q, k, v]: readonly [Value, Value, Value], // [m, nHead · dHead]
  kept: KeptKeysValues, // k [nHead, dHead, n], v [nHead, n, dHead]
  shape: AttentionShape,
): Value {
  const { nHead, dHead, scale } = shape;
  const [qHeads, kHeads, vHeads] = [q, k, v].map((x) => byHead(g, x, shape)); // [head, m, d]
  const scoresKept = g.op('MatMul', [qHeads!, kept.k]); // [head, m, n]
  const scoresOwn = g.op('MatMul', [qHeads!, g.transpose(kHeads!, [0, 2, 1])]); // [head, m, m]
  const scores = g.op(
    'Concat',
    [
      g.op('Add', [scoresKept, filledMask(g, kept.v, kept.filled)]),
      g.op('Add', [scoresOwn, causalMask(g, qHeads!)]),
    ],
    { axis: -1n },
  );
  const scaled = g.op('Mul', [scores, g.constant('F32', [scale], [])]);
  const pattern = g.op('Softmax', [scaled], { axis: -1n }); // [head, m, n + m]
  const sizes = g.op('Concat', [places(g, kept.v), places(g, vHeads!)], { axis: 0n });
  const [toKept, toOwn] = g.ops('Split', [pattern, sizes], 2, { axis: -1n });
  const z = g.op('Add', [g.op('MatMul', [toKept!, kept.v]), g.op('MatMul', [toOwn!, vHeads!])]); // [head, m, d]
  return g.reshape(g.transpose(z, [1, 0, 2]), [-1, nHead * dHead]);
}

/** [1] int64: how many places kept values [.., places, dHead] have room for. */
function places(g: GraphBuilder, v: Value): Value {
  return g.op('Shape', [v], { start: -2n, end: -1n });
}

/** 0 for the places that are filled, −∞ for the others: [places]. */
function filledMask(g: GraphBuilder, v: Value, filled: Value): Value {
  const zero = g.constant('I64', [0], []);
  const count = g.op('Squeeze', [places(g, v)]);
  const place = g.op('Range', [zero, count, g.constant('I64', [1], [])]);
  const [none, all] = [-Infinity, 0].map((x) => g.constant('F32', [x], [])) as [Value, Value];
  return g.op('Where', [g.op('Less', [place, filled]), all, none]);
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
