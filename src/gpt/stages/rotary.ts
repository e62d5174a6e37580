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
  dHead: number,
): Value {
  const count = inverseFrequencies.length;
  const rest = dHead - 2 * count;
  const byHead = g.reshape(x, [-1, heads, dHead]);
  const [turned, kept] =
    rest === 0
      ? [byHead, null]
      : (g.ops('Split', [byHead, g.constant('I64', [2 * count, rest])], 2, { axis: 2n }) as [
          Value,
          Value,
        ]);
  const paired = g.reshape(
    turned,
    pairs === 'halves' ? [-1, heads, 2, count] : [-1, heads, count, 2],
  );
  const axis = pairs === 'halves' ? 2 : 3;
  const [a, b] = g.ops('Split', [paired], 2, { axis: BigInt(axis), num_outputs: 2n }) as [
    Value,
    Value,
  ];
  const alike = (angle: Value) =>
    g.reshape(angle, pairs === 'halves' ? [-1, 1, 1, count] : [-1, 1, count, 1]);
  const [c, s] = [alike(cos), alike(sin)];
  const both = g.op(
    'Concat',
    [
      g.op('Sub', [g.op('Mul', [a, c]), g.op('Mul', [b, s])]),
      g.op('Add', [g.op('Mul', [b, c]), g.op('Mul', [a, s])]),
    ],
    { axis: BigInt(axis) },
  );
  const flat = g.reshape(both, [-1, heads, 2 * count]);
  const whole = kept ? g.op('Concat', [flat, kept], { axis: 2n }) : flat;
  return g.reshape(whole, [-1, heads * dHead]);
}
