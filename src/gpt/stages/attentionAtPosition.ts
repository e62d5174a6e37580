import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { byHead } from './attention';
import { farMask, places, scaledScores, type AttentionShape } from './scores';

/** The parts of an attention layer without rotary positions; matrices are [nEmbd, nHead · dHead]. */
export interface AttentionWeights {
  wQ: Value;
  bQ: Value; // [1, nHead · dHead]
  wK: Value;
  wV: Value;
  bV: Value; // [1, nHead · dHead]
}

/** One query position's attention. */
export interface AttentionAtPosition {
  pattern: Value; // [nHead, position + 1]
  z: Value; // [nHead, dHead]
}

/**
 * Attention of all heads at one query position, without the keys and values of all others. A head's
 * score q·(x W_K) is x·(W_K q), and its output Σ αₖ (xₖ W_V) is (Σ αₖ xₖ) W_V: so the matrices are
 * applied to one vector for each head instead of to every position. The keys' bias adds the same to
 * all scores of a row, which softmax does not see; a row sums to 1, so the values' bias counts once.
 *
 * @param position [1] int64
 */
export function absorbedAttention(
  g: GraphBuilder,
  ln1: Value, // [n, nEmbd], the normalised residual stream
  position: Value,
  { wQ, bQ, wK, wV, bV }: AttentionWeights,
  { nHead, dHead, scale }: AttentionShape,
): AttentionAtPosition {
  const firstAxis = g.constant('I64', [0]);
  const end = g.op('Add', [position, g.constant('I64', [1])]);
  const seen = g.op('Slice', [ln1, firstAxis, end, firstAxis]); // [position + 1, nEmbd]
  const own = g.op('Gather', [ln1, position], { axis: 0n }); // [1, nEmbd]

  const q = g.reshape(g.op('Add', [g.op('MatMul', [own, wQ]), bQ]), [nHead, dHead, 1]);
  const keyMatrices = g.transpose(g.reshape(wK, [-1, nHead, dHead]), [1, 0, 2]);
  const absorbed = g.reshape(g.op('MatMul', [keyMatrices, q]), [nHead, -1]); // [nHead, nEmbd]
  const scores = g.op('Mul', [
    g.op('MatMul', [absorbed, g.transpose(seen, [1, 0])]),
    g.constant('F32', [scale], []),
  ]);
  const pattern = g.op('Softmax', [scores], { axis: -1n }); // [nHead, position + 1]

  const mixed = g.op('Unsqueeze', [g.op('MatMul', [pattern, seen]), g.constant('I64', [1])]);
  const valueMatrices = g.transpose(g.reshape(wV, [-1, nHead, dHead]), [1, 0, 2]);
  const z = g.op('Add', [
    g.reshape(g.op('MatMul', [mixed, valueMatrices]), [nHead, dHead]),
    g.reshape(bV, [nHead, dHead]),
  ]);
  return { pattern, z };
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
): AttentionAtPosition {
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
