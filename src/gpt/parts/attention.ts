import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { GptConfig } from '../config';
import type { Architecture } from '../families/family';
import type { Dense, Norm } from '../families/layout';
import {
  absorbedAttention,
  attentionOfOne,
  type AttentionAtPosition,
} from '../stages/attentionAtPosition';
import { forEachHead } from '../stages/attention';
import { positionsFromZero } from '../stages/positions';
import { anglesAt, turn } from '../stages/rotary';
import type { AttentionShape } from '../stages/scores';
import { linear, matrix } from './linear';
import { gainOf, normalise, normScale } from './normalise';

export function attentionShape(config: GptConfig, layer: number): AttentionShape {
  const window = config.attentionWindow[layer]!;
  return {
    nHead: config.nHead,
    nKvHead: config.nKvHead,
    dHead: config.dHead,
    scale: config.attentionScale[layer]!,
    window: window !== null && window < config.nCtx ? window : null,
    cap: config.scoreCap,
  };
}

/**
 * residPre [n, nEmbd] at positions [n] int64 → q, k and v, each [n, nHead · dHead], heads side by
 * side and turned by their positions. Keys and values that several heads share are repeated.
 */
export function queryKeyValue(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value,
  positions: Value,
): [Value, Value, Value] {
  const [q, k, v] = groupedQueryKeyValue(g, model, layer, residPre, positions);
  const shape = attentionShape(model.config, layer);
  return [q, forEachHead(g, k, shape), forEachHead(g, v, shape)];
}

/** The same with keys and values as heads share them, [n, nKvHead · dHead]. */
export function groupedQueryKeyValue(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value,
  positions: Value,
): [Value, Value, Value] {
  const { nHead, nKvHead, rotary } = model.config;
  const block = model.layout.blocks[layer]!;
  const read = normalise(g, model, block.attentionNorm, residPre);
  const [projectedQ, projectedK, v] = project(g, model, layer, read);
  let q = normaliseHeads(g, model, block.queryNorm, projectedQ, nHead);
  let k = normaliseHeads(g, model, block.keyNorm, projectedK, nKvHead);
  const turned = rotary[layer];
  if (turned) {
    const angles = anglesAt(g, positions, turned);
    q = turn(g, q, angles, turned, nHead);
    k = turn(g, k, angles, turned, nKvHead);
  }
  return [q, k, v];
}

function project(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  read: Value,
): [Value, Value, Value] {
  const { nHead, nKvHead, dHead } = model.config;
  const { projection } = model.layout.blocks[layer]!;
  if (projection.kind === 'separate') {
    const of = (part: Dense) => linear(g, model, part, read);
    return [of(projection.q), of(projection.k), of(projection.v)];
  }
  const qkv = linear(g, model, projection.qkv, read);
  if (projection.kind === 'sideBySide') {
    const sizes = g.constant('I64', [nHead * dHead, nKvHead * dHead, nKvHead * dHead]);
    return g.ops('Split', [qkv, sizes], 3, { axis: 1n }) as [Value, Value, Value];
  }
  const byHead = g.reshape(qkv, [-1, nHead, 3, dHead]);
  const parts = g.ops('Split', [byHead], 3, { axis: 2n, num_outputs: 3n });
  return parts.map((part) => g.reshape(part, [-1, nHead * dHead])) as [Value, Value, Value];
}

function normaliseHeads(
  g: GraphBuilder,
  model: Architecture,
  norm: Norm | null,
  x: Value, // [n, heads · dHead]
  heads: number,
): Value {
  if (!norm) return x;
  const byHead = g.reshape(x, [-1, heads, model.config.dHead]);
  return g.reshape(normalise(g, model, norm, byHead), [-1, heads * model.config.dHead]);
}

/** What every head does at one query position ([1] int64), for residPre [n, nEmbd]. */
export function attentionAtPosition(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  residPre: Value,
  position: Value,
): AttentionAtPosition {
  const shape = attentionShape(model.config, layer);
  const block = model.layout.blocks[layer]!;
  const { projection } = block;
  const plain =
    !model.config.rotary[layer] && shape.window === null && shape.cap === null && !block.queryNorm;
  if (plain && projection.kind === 'sideBySide' && projection.qkv.bias) {
    const thirds = (x: Value) =>
      g.ops('Split', [x], 3, { axis: 1n, num_outputs: 3n }) as [Value, Value, Value];
    const [wQ, wK, wV] = thirds(matrix(g, model, projection.qkv));
    const bias = g.weight(model.weight(projection.qkv.bias));
    const [bQ, , bV] = thirds(g.reshape(bias, [1, -1]));
    const read = normalise(g, model, block.attentionNorm, residPre);
    return absorbedAttention(g, read, position, { wQ, bQ, wK, wV, bV }, shape);
  }
  const firstAxis = g.constant('I64', [0]);
  const end = g.op('Add', [position, g.constant('I64', [1])]);
  const seen = g.op('Slice', [residPre, firstAxis, end, firstAxis]); // [position + 1, nEmbd]
  const [q, k, v] = queryKeyValue(g, model, layer, seen, positionsFromZero(g, seen));
  const own = g.op('Gather', [q, position], { axis: 0n }); // [1, nHead · dHead]
  return attentionOfOne(g, own, k, v, position, shape);
}

/** W_O of each head, [nHead, dHead, nEmbd], and the bias that is added once, [nEmbd]. */
export function attentionOutput(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
): { perHead: Value; bias: Value } {
  const { nHead, dHead, nEmbd } = model.config;
  const { attentionOutput: output } = model.layout.blocks[layer]!;
  return {
    perHead: g.reshape(matrix(g, model, output), [nHead, dHead, nEmbd]),
    bias: output.bias
      ? g.weight(model.weight(output.bias))
      : g.constant('F32', new Array<number>(nEmbd).fill(0)),
  };
}

/** z [n, nHead · dHead] → what the heads write together, with its bias, [n, nEmbd]. */
export function headsWrite(g: GraphBuilder, model: Architecture, layer: number, z: Value): Value {
  return linear(g, model, model.layout.blocks[layer]!.attentionOutput, z);
}

/** z [n, nHead · dHead] → what attention adds to the residual stream, [n, nEmbd]. */
export function attnOut(g: GraphBuilder, model: Architecture, layer: number, z: Value): Value {
  const { attentionOutputNorm } = model.layout.blocks[layer]!;
  const written = headsWrite(g, model, layer, z);
  return attentionOutputNorm ? normalise(g, model, attentionOutputNorm, written) : written;
}

/**
 * Where what attention writes is normalised before it is added: what each feature of it is
 * multiplied by, [m, nEmbd], for rows [m, nEmbd] as the heads wrote them. With this frozen, what is
 * added is the sum of what each head adds. Null where nothing is normalised.
 */
export function attnOutFactor(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  written: Value,
): Value | null {
  const norm = model.layout.blocks[layer]!.attentionOutputNorm;
  return norm && g.op('Div', [gainOf(g, model, norm), normScale(g, model, written)]);
}
