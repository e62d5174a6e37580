import type { GraphBuilder, Value } from '../onnx/graphBuilder';
import type { Architecture, Family } from './families/family';
import { fusedAttention } from './stages/attention';

/** A block's own output and what it came from, each [n, nEmbd] but z, [n, nHead · dHead]. */
export interface BlockValues {
  z: Value;
  attnOut: Value;
  residMid: Value;
  mlpOut: Value;
  residPost: Value;
}

/** What stands in for parts of a block; without it, the block is the model's own. */
export interface BlockChanges {
  attnOut?: (attnOut: Value) => Value;
  mlpOut?: (mlpOut: Value) => Value;
}

/**
 * One block: attention reads the residual stream and adds to it, then the MLP does.
 *
 * @param attend q, k and v, each [n, nHead · dHead] → z.
 */
export function block(
  g: GraphBuilder,
  family: Family,
  model: Architecture,
  layer: number,
  residPre: Value, // [n, nEmbd]
  attend: (q: Value, k: Value, v: Value) => Value,
  changes: BlockChanges = {},
): BlockValues {
  const same = (value: Value) => value;
  const z = attend(...family.queryKeyValue(g, model, layer, residPre));
  const attnOut = (changes.attnOut ?? same)(family.attnOut(g, model, layer, z));
  const residMid = g.op('Add', [residPre, attnOut]);
  const { mlpPost } = family.mlpNeurons(g, model, layer, residMid);
  const mlpOut = (changes.mlpOut ?? same)(family.mlpOut(g, model, layer, mlpPost));
  return { z, attnOut, residMid, mlpOut, residPost: g.op('Add', [residMid, mlpOut]) };
}

/** The model's own block over `sequences` ([2] int64: how many, and how long each is) of rows. */
export function ownBlock(
  g: GraphBuilder,
  family: Family,
  model: Architecture,
  layer: number,
  residPre: Value, // [b · n, nEmbd]
  sequences: Value,
): BlockValues {
  const shape = family.attentionShape(model.config, layer);
  return block(g, family, model, layer, residPre, (q, k, v) =>
    fusedAttention(g, q, k, v, sequences, shape),
  );
}
