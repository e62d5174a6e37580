import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Architecture } from '../families/family';

/**
 * The first residual stream: each token's vector, scaled where the family does so, plus the vector of
 * its position where the model has learned such. Only the rows in use are read and converted.
 */
export function embed(
  g: GraphBuilder,
  { layout, config, weight }: Architecture,
  ids: Value, // [n] int64
  positions: Value, // [n] int64, or [1] for all of them
): Value {
  const rows = g.weightRows(weight(layout.tokenEmbedding), ids);
  const { embeddingScale } = config;
  const token =
    embeddingScale === 1 ? rows : g.op('Mul', [rows, g.constant('F32', [embeddingScale], [])]);
  if (!layout.positionEmbedding) return token;
  const { table, offset } = layout.positionEmbedding;
  const places =
    offset === 0 ? positions : g.op('Add', [positions, g.constant('I64', [offset], [])]);
  return g.op('Add', [token, g.weightRows(weight(table), places)]); // [n, nEmbd]
}
