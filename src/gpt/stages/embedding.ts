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
): Value {
  const zero = g.constant('I64', [0], []);
  const one = g.constant('I64', [1], []);
  const n = g.op('Squeeze', [g.op('Shape', [ids])]);
  const positions = g.op('Range', [zero, n, one]); // [n]
  const token = g.cast(g.op('Gather', [tokenTable, ids], { axis: 0n }), 'F32');
  const position = g.cast(g.op('Gather', [positionTable, positions], { axis: 0n }), 'F32');
  return g.op('Add', [token, position]); // [n, nEmbd]
}
