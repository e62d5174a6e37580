import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/** How many rows a value has: [1] int64. */
export function rowCount(g: GraphBuilder, rows: Value): Value {
  return g.op('Shape', [rows], { start: 0n, end: 1n });
}

/**
 * `count` positions from `first` on, [count] int64.
 *
 * @param first [1] int64; null for 0.
 * @param count [1] int64
 */
export function positionsFrom(g: GraphBuilder, first: Value | null, count: Value): Value {
  const fromZero = g.op('Range', [
    g.constant('I64', [0], []),
    g.op('Squeeze', [count]),
    g.constant('I64', [1], []),
  ]);
  return first === null ? fromZero : g.op('Add', [fromZero, first]);
}

/** The positions of rows that begin a text: 0, 1, 2, … [n] */
export function positionsFromZero(g: GraphBuilder, rows: Value): Value {
  return positionsFrom(g, null, rowCount(g, rows));
}

/** The same positions, [n], for each of several sequences: [b · n]. @param b [1] int64 */
export function ofEach(g: GraphBuilder, positions: Value, b: Value): Value {
  const n = g.op('Shape', [positions]);
  const all = g.op('Expand', [positions, g.op('Concat', [b, n], { axis: 0n })]);
  return g.reshape(all, [-1]);
}
