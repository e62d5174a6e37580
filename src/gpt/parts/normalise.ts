import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Architecture } from '../families/family';
import type { Norm } from '../families/layout';
import { centred, layerNorm, layerNormScale, rmsNorm, rmsScale } from '../stages/norm';

/** A norm of the model's kind, over the last axis. */
export function normalise(g: GraphBuilder, model: Architecture, norm: Norm, x: Value): Value {
  const { layerNormEpsilon, norm: kind } = model.config;
  const gain = gainOf(g, model, norm);
  if (kind === 'rmsNorm') return rmsNorm(g, x, gain, layerNormEpsilon);
  return layerNorm(g, x, gain, norm.bias && g.weight(model.weight(norm.bias)), layerNormEpsilon);
}

/** What a norm multiplies each feature by, [nEmbd]. */
export function gainOf(g: GraphBuilder, { config, weight }: Architecture, { gain }: Norm): Value {
  const stored = g.weight(weight(gain));
  const { gainOffset } = config;
  return gainOffset === 0 ? stored : g.op('Add', [stored, g.constant('F32', [gainOffset], [])]);
}

/** The linear part of a norm, without its gain and scale: rows [m, nEmbd]. */
export function linearPart(g: GraphBuilder, { config }: Architecture, rows: Value): Value {
  return config.norm === 'layerNorm' ? centred(g, rows) : rows;
}

/** What a norm divides each row by, [m, 1]. */
export function normScale(g: GraphBuilder, { config }: Architecture, rows: Value): Value {
  const scale = config.norm === 'layerNorm' ? layerNormScale : rmsScale;
  return scale(g, rows, config.layerNormEpsilon);
}
