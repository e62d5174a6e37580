import type { GraphBuilder, Value } from '../onnx/graphBuilder';
import type { Architecture } from './families/family';
import {
  attentionShape,
  attnOut as attentionWrites,
  groupedQueryKeyValue,
  queryKeyValue,
} from './parts/attention';
import { mlpNeurons, mlpOut as mlpWrites } from './parts/mlp';
import { fusedAttention } from './stages/attention';
import { ofEach, positionsFrom } from './stages/positions';

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
 * One block: attention reads the residual stream and adds to it, then the MLP does; or, in models
 * with a parallel residual, both read the same.
 *
 * @param attend q, k and v, each [n, nHead · dHead] → z.
 */
export function block(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value, // [n, nEmbd]
  positions: Value, // [n] int64
  attend: (q: Value, k: Value, v: Value) => Value,
  changes: BlockChanges = {},
): BlockValues {
  const z = attend(...queryKeyValue(g, model, layer, residPre, positions));
  return withAttention(g, model, layer, residPre, z, changes);
}

/** What follows in a block once it is known what its heads read, z [n, nHead · dHead]. */
function withAttention(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value,
  z: Value,
  changes: BlockChanges = {},
): BlockValues {
  const same = (value: Value) => value;
  const attnOut = (changes.attnOut ?? same)(attentionWrites(g, model, layer, z));
  const residMid = g.op('Add', [residPre, attnOut]);
  const mlpIn = model.config.parallelResidual ? residPre : residMid;
  const { mlpPost } = mlpNeurons(g, model, layer, mlpIn);
  const mlpOut = (changes.mlpOut ?? same)(mlpWrites(g, model, layer, mlpPost));
  return { z, attnOut, residMid, mlpOut, residPost: g.op('Add', [residMid, mlpOut]) };
}

/** The model's own block over `sequences` ([2] int64: how many, and how long each is) of rows. */
export function ownBlock(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value, // [b · n, nEmbd]
  sequences: Value,
): BlockValues {
  const shape = attentionShape(model.config, layer);
  const part = (at: number) => g.op('Gather', [sequences, g.constant('I64', [at])], { axis: 0n });
  const positions = ofEach(g, positionsFrom(g, null, part(1)), part(0));
  const [q, k, v] = groupedQueryKeyValue(g, model, layer, residPre, positions);
  const z = fusedAttention(g, q, k, v, sequences, shape);
  return withAttention(g, model, layer, residPre, z);
}
