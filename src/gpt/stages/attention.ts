import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { positionsFrom } from './positions';

export interface AttentionShape {
  nHead: number;
  dHead: number;
  /** What the scores q·k are multiplied by. */
  scale: number;
  /** How many positions a query sees, its own included; null for all before it. */
  window: number | null;
  /** Scaled scores x become cap · tanh(x / cap) where there is a cap. */
  cap: number | null;
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

/** cap · tanh(x / cap), or x itself where there is no cap (Bello et al. 2017). */
export function capped(g: GraphBuilder, x: Value, cap: number | null): Value {
  if (cap === null) return x;
  const factor = g.constant('F32', [cap], []);
  return g.op('Mul', [g.op('Tanh', [g.op('Div', [x, factor])]), factor]);
}

/** Scores q·k, scaled and capped. */
function scaledScores(g: GraphBuilder, scores: Value, { scale, cap }: AttentionShape): Value {
  return capped(g, g.op('Mul', [scores, g.constant('F32', [scale], [])]), cap);
}

/**
 * −∞ where a key lies further back than the window of its query, else 0: [1, 1, queries, keys].
 *
 * @param past [1] int64: how many keys lie before those of the first query; null for none.
 */
function windowBias(
  g: GraphBuilder,
  past: Value | null,
  queries: Value,
  keys: Value,
  window: number,
): Value {
  const bias = farMask(g, past, queries, keys, window);
  return g.op('Unsqueeze', [bias, g.constant('I64', [0, 1])]);
}

/** The same as [queries, keys]. */
function farMask(
  g: GraphBuilder,
  past: Value | null,
  queries: Value,
  keys: Value,
  window: number,
): Value {
  const own = positionsFrom(g, past, queries);
  const first = g.op('Sub', [own, g.constant('I64', [window - 1], [])]); // [queries]
  const column = g.op('Unsqueeze', [first, g.constant('I64', [1])]);
  const [far, near] = [-Infinity, 0].map((x) => g.constant('F32', [x], [])) as [Value, Value];
  return g.op('Where', [g.op('Less', [positionsFrom(g, null, keys), column]), far, near]);
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
  shape: AttentionShape,
): Value {
  const { nHead, dHead, window } = shape;
  const axis = (dim: number) => g.constant('I64', [dim]);
  const [qHeads, kHeads, vHeads] = [q, k, v].map((x) => g.reshape(x, [-1, nHead, dHead])); // [b, head, d]
  const byHeads = (x: Value) => g.transpose(x, [1, 0, 2]); // [b, head, …] ↔ [head, b, …]
  const asRow = (x: Value) => g.op('Unsqueeze', [x, axis(2)]); // [b, head, 1, …]
  const noRow = (x: Value) => g.op('Squeeze', [x, axis(2)]);

  const scoresShared = g.op('MatMul', [byHeads(qHeads!), shared.k]); // [head, b, n]
  const scoresOwn = byHeads(noRow(g.op('MatMul', [asRow(qHeads!), own.k]))); // [head, b, m]
  const product = g.op('Mul', [qHeads!, kHeads!]);
  const scoreSelf = byHeads(g.op('ReduceSum', [product, axis(-1)], { keepdims: 1n })); // [head, b, 1]
  // The first place that the query's window reaches, of the shared places and of its own.
  const reach = window === null ? null : g.op('Sub', [own.filled, g.constant('I64', [window - 1])]);
  const first = reach && g.op('Add', [shared.filled, reach]);
  const scores = g.op(
    'Concat',
    [
      masked(g, scoresShared, filledMask(g, shared.v, shared.filled, first), shape),
      masked(g, scoresOwn, filledMask(g, own.v, own.filled, reach), shape),
      scaledScores(g, scoreSelf, shape),
    ],
    { axis: -1n },
  );
  const pattern = g.op('Softmax', [scores], { axis: -1n }); // [head, b, n + m + 1]
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
  const { nHead, dHead, window } = shape;
  const [qHeads, kHeads, vHeads] = [q, k, v].map((x) => byHead(g, x, shape)); // [head, m, d]
  const scoresKept = g.op('MatMul', [qHeads!, kept.k]); // [head, m, n]
  const scoresOwn = g.op('MatMul', [qHeads!, g.transpose(kHeads!, [0, 2, 1])]); // [head, m, m]
  const filled = filledMask(g, kept.v, kept.filled, null);
  const far =
    window === null ? null : farMask(g, kept.filled, places(g, vHeads!), places(g, kept.v), window); // [m, n]
  const scores = g.op(
    'Concat',
    [
      masked(g, scoresKept, far ? g.op('Add', [filled, far]) : filled, shape),
      masked(g, scoresOwn, causalMask(g, qHeads!, window), shape),
    ],
    { axis: -1n },
  );
  const pattern = g.op('Softmax', [scores], { axis: -1n }); // [head, m, n + m]
  const sizes = g.op('Concat', [places(g, kept.v), places(g, vHeads!)], { axis: 0n });
  const [toKept, toOwn] = g.ops('Split', [pattern, sizes], 2, { axis: -1n });
  const z = g.op('Add', [g.op('MatMul', [toKept!, kept.v]), g.op('MatMul', [toOwn!, vHeads!])]); // [head, m, d]
  return g.reshape(g.transpose(z, [1, 0, 2]), [-1, nHead * dHead]);
}

/** [1] int64: how many places kept values [.., places, dHead] have room for. */
function places(g: GraphBuilder, v: Value): Value {
  return g.op('Shape', [v], { start: -2n, end: -1n });
}

/** Scaled and capped scores with −∞ where they are not to be looked at. */
function masked(g: GraphBuilder, scores: Value, mask: Value, shape: AttentionShape): Value {
  return g.op('Add', [scaledScores(g, scores, shape), mask]);
}

/**
 * 0 for the places that are filled, −∞ for the others and for those before `first` ([1] int64):
 * [places].
 */
function filledMask(g: GraphBuilder, v: Value, filled: Value, first: Value | null): Value {
  const place = positionsFrom(g, null, places(g, v));
  const [none, all] = [-Infinity, 0].map((x) => g.constant('F32', [x], [])) as [Value, Value];
  const within = g.op('Less', [place, filled]);
  const seen = first ? g.op('And', [within, g.op('GreaterOrEqual', [place, first])]) : within;
  return g.op('Where', [seen, all, none]);
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
  shape: AttentionShape,
): Value {
  const { nHead, dHead, scale, window, cap } = shape;
  const width = nHead * dHead;
  const cut = (start: number, end: number) =>
    g.op('Slice', [dims, ...[[start], [end], [0]].map((at) => g.constant('I64', at))]);
  const sequences = g.op('Concat', [cut(0, 2), g.constant('I64', [width])], { axis: 0n });
  const batched = [q, k, v].map((x) => g.op('Reshape', [x, sequences]));
  const shared = g.op('Concat', [cut(0, 1), g.constant('I64', [1, 1, 1])], { axis: 0n });
  const past = [pastK, pastV].map((x) => {
    const heads = g.op('Unsqueeze', [byHead(g, x, shape), g.constant('I64', [0])]);
    return g.op('Expand', [heads, shared]); // [b, nHead, past, dHead]
  });
  const m = cut(1, 2);
  const count = g.op('Shape', [pastK], { start: 0n, end: 1n });
  const total = g.op('Add', [count, m]);
  if (cap !== null) {
    return cappedAttentionAfter(g, batched, past, { m, count, total }, shape);
  }
  const attributes = { num_heads: BigInt(nHead), unidirectional: 1n, scale };
  const bias = window === null ? '' : windowBias(g, count, m, total, window);
  // It takes the past into account only where it is asked for all keys and values, outputs 2 and 3.
  const inputs = [...batched, '', '', bias, ...past];
  const z = g.contrib('MultiHeadAttention', inputs, attributes, 3); // [b, m, nHead · dHead]
  return g.reshape(z, [-1, width]);
}

/** The same for scores that are capped, which the fused operator does not know. */
function cappedAttentionAfter(
  g: GraphBuilder,
  batched: readonly Value[], // q, k and v, each [b, m, nHead · dHead]
  past: readonly Value[], // k and v, each [b, nHead, past, dHead]
  { m, count, total }: { m: Value; count: Value; total: Value },
  shape: AttentionShape,
): Value {
  const { nHead, dHead, window } = shape;
  const [q, k, v] = batched.map((x) =>
    g.transpose(g.reshape(x, [0, 0, nHead, dHead]), [0, 2, 1, 3]),
  ); // [b, nHead, m, dHead]
  const keys = g.op('Concat', [past[0]!, k!], { axis: 2n });
  const values = g.op('Concat', [past[1]!, v!], { axis: 2n });
  const scores = g.op('MatMul', [q!, g.transpose(keys, [0, 1, 3, 2])]);
  // A query sees total − m keys of the past and those of its own up to itself.
  const ahead = g.op('Trilu', [
    g.op('Expand', [g.constant('F32', [-Infinity], []), g.op('Concat', [m, total], { axis: 0n })]),
    g.op('Squeeze', [g.op('Add', [count, g.constant('I64', [1])])]),
  ]);
  const mask = window === null ? ahead : g.op('Add', [ahead, farMask(g, count, m, total, window)]);
  const pattern = g.op('Softmax', [masked(g, scores, mask, shape)], { axis: -1n });
  const z = g.op('MatMul', [pattern, values]); // [b, nHead, m, dHead]
  return g.reshape(g.transpose(z, [0, 2, 1, 3]), [-1, nHead * dHead]);
}

/**
 * Attention of one query, [1, nHead · dHead] at `position` ([1] int64), over the keys and values up
 * to it, [position + 1, nHead · dHead]: its row of each pattern, [nHead, position + 1], and z,
 * [nHead, dHead].
 */
export function attentionOfOne(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  position: Value,
  shape: AttentionShape,
): { pattern: Value; z: Value } {
  const [qHead, keys, values] = [q, k, v].map((x) => byHead(g, x, shape)); // [nHead, .., dHead]
  const scores = scaledScores(
    g,
    g.op('MatMul', [qHead!, g.transpose(keys!, [0, 2, 1])]), // [nHead, 1, position + 1]
    shape,
  );
  const one = g.constant('I64', [1]);
  const seen =
    shape.window === null
      ? scores
      : g.op('Add', [scores, farMask(g, position, one, places(g, keys!), shape.window)]);
  const pattern = g.op('Softmax', [seen], { axis: -1n });
  const noQuery = (x: Value) => g.op('Squeeze', [x, one]);
  return { pattern: noQuery(pattern), z: noQuery(g.op('MatMul', [pattern, values!])) };
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
export function causalSoftmax(g: GraphBuilder, q: Value, k: Value, shape: AttentionShape) {
  const scores = g.op('MatMul', [q, g.transpose(k, [0, 2, 1])]);
  const mask = causalMask(g, q, shape.window);
  return g.op('Softmax', [masked(g, scores, mask, shape)], { axis: -1n });
}

/**
 * −∞ where the key lies ahead of the query or before its window, else 0: [n, n], for x [heads, n,
 * dHead].
 */
function causalMask(g: GraphBuilder, x: Value, window: number | null): Value {
  const n = g.op('Shape', [x], { start: 1n, end: 2n });
  const square = g.op('Concat', [n, n], { axis: 0n });
  const ahead = g.op('Expand', [g.constant('F32', [-Infinity], []), square]);
  const future = g.op('Trilu', [ahead, g.constant('I64', [1], [])], { upper: 1n });
  return window === null ? future : g.op('Add', [future, farMask(g, null, n, n, window)]);
}
