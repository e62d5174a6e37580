import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Rotary } from '../config';

/** Cosine and sine of each row's angles, [n, pairs] both. */
export interface Angles {
  cos: Value;
  sin: Value;
}

/** How far the features of rows at these positions, [n] int64, are turned. */
export function anglesAt(
  g: GraphBuilder,
  positions: Value,
  { inverseFrequencies, scale }: Rotary,
): Angles {
  const steps = g.cast(g.op('Unsqueeze', [positions, g.constant('I64', [1])]), 'F32'); // [n, 1]
  const frequencies = g.constant('F32', inverseFrequencies, [1, inverseFrequencies.length]);
  const angles = g.op('Mul', [steps, frequencies]);
  const scaled = (x: Value) => (scale === 1 ? x : g.op('Mul', [x, g.constant('F32', [scale], [])]));
  return { cos: scaled(g.op('Cos', [angles])), sin: scaled(g.op('Sin', [angles])) };
}

/**
 * Turns pairs of the first features of each head by the angles of its row (Su et al. 2021, equation
 * 34): (a, b) → (a cos − b sin, b cos + a sin).
 */
export function turn(
  g: GraphBuilder,
  x: Value, // [n, heads · dHead]
  { cos, sin }: Angles,
  { inverseFrequencies, pairs }: Rotary,
  heads: number,
): Value {
  const first = g.constant('I64', [0]);
  const sequence = g.op('Unsqueeze', [x, first]); // [1, n, heads · dHead]
  // Row i of the angles belongs to row i, whatever its position: it counts from 0.
  const turned = g.contrib('RotaryEmbedding', [sequence, first, cos, sin], {
    num_heads: BigInt(heads),
    rotary_embedding_dim: BigInt(2 * inverseFrequencies.length),
    interleaved: pairs === 'neighbours' ? 1n : 0n,
  });
  return g.op('Squeeze', [turned, first]);
}
