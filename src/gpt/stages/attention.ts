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
  k: Value, // [b · n, nKvHead · dHead]
  v: Value, // [b · n, nKvHead · dHead]
  sequences: Value,
  shape: AttentionShape,
): Value {
  const { nHead, nKvHead, dHead, scale, window, cap } = shape;
  const own = (x: Value) => forEachHead(g, x, shape);
  if (cap !== null) return cappedAttention(g, [q, own(k), own(v)], sequences, shape);
  const batched = (x: Value, heads: number) => {
    const width = g.constant('I64', [heads * dHead]);
    return g.op('Reshape', [x, g.op('Concat', [sequences, width], { axis: 0n })]);
  };
  const part = (at: number) => g.op('Gather', [sequences, g.constant('I64', [at])], { axis: 0n });
  let z: Value; // [b, n, nHead · dHead]
  // The operator for shared keys and values takes only heads of such lengths.
  if (nKvHead < nHead && dHead % 8 === 0) {
    const inputs = [batched(q, nHead), batched(k, nKvHead), batched(v, nKvHead)];
    const last = g.cast(g.op('Sub', [part(1), g.constant('I64', [1])]), 'I32');
    const lengths = [g.op('Expand', [last, part(0)]), g.cast(part(1), 'I32')];
    const attributes = {
      num_heads: BigInt(nHead),
      kv_num_heads: BigInt(nKvHead),
      scale,
      ...(window === null ? {} : { local_window_size: BigInt(window) }),
    };
    // All keys and values are outputs 2 and 3, which it wants to be asked for.
    z = g.contrib('GroupQueryAttention', [...inputs, '', '', ...lengths], attributes, 3);
  } else {
    const inputs = [batched(q, nHead), batched(own(k), nHead), batched(own(v), nHead)];
    const attributes = { num_heads: BigInt(nHead), unidirectional: 1n, scale };
    const bias = window === null ? [] : ['', '', windowBias(g, null, part(1), part(1), window)];
    z = g.contrib('MultiHeadAttention', [...inputs, ...bias], attributes);
  }
  return g.reshape(z, [-1, nHead * dHead]);
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
