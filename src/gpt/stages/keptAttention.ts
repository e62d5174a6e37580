import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { byHead } from './attention';
import {
  causalMask,
  farMask,
  filledMask,
  masked,
  places,
  scaledScores,
  windowBias,
  type AttentionShape,
} from './scores';

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

/**
 * Attention in several sequences that all begin with the same `past` positions, whose keys and
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
