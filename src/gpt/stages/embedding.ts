import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/**
 * The first residual stream: each token's vector plus the vector of its position (Radford et al.
 * 2019). The tables come as they are stored, so that only the rows in use are read and converted.
 */
export function learnedPositionEmbedding(
  g: GraphBuilder,
  ids: Value, // [n] int64
  tokenTable: Value, // [vocab, nEmbd], F32, F16 or BF16
  positionTable: Value, // [nCtx, nEmbd]
  positions: Value, // [n], or [1] for all of them
): Value {
  const token = g.cast(g.op('Gather', [tokenTable, ids], { axis: 0n }), 'F32');
  const position = g.cast(g.op('Gather', [positionTable, positions], { axis: 0n }), 'F32');
  return g.op('Add', [token, position]); // [n, nEmbd]
}

/** The positions of tokens that begin a text: 0, 1, 2, … [n] */
export function positionsFromZero(g: GraphBuilder, ids: Value): Value {
  const n = g.op('Squeeze', [g.op('Shape', [ids])]);
  return g.op('Range', [g.constant('I64', [0], []), n, g.constant('I64', [1], [])]);
}
