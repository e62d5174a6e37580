import type { ExternalTensor, GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Architecture, TokenMatrix } from '../families/family';
import { capped } from '../stages/scores';
import { unembed } from '../stages/unembedding';
import { gainOf, linearPart, normalise, normScale } from './normalise';

/** The final normalisation of rows of the last residual stream, [m, nEmbd]. */
export function finalNorm(g: GraphBuilder, model: Architecture, residFinal: Value): Value {
  return normalise(g, model, model.layout.finalNorm, residFinal);
}

/** Normalised rows [m, nEmbd] → logits [m, vocab]. */
export function logits(g: GraphBuilder, model: Architecture, normalised: Value): Value {
  return capped(g, uncappedLogits(g, model, normalised), model.config.logitCap);
}

/** The same as they are before a cap, where the model has one: linear in the normalised rows. */
export function uncappedLogits(g: GraphBuilder, model: Architecture, normalised: Value): Value {
  const { layout, weight } = model;
  const linear = unembed(g, normalised, g.weight(tokenVectors(model, 'unembedding')));
  const bias = layout.unembeddingBias;
  return bias ? g.op('Add', [linear, g.weight(weight(bias))]) : linear;
}

/** Logits of some tokens ([t] int64) only, before a cap: [m, t]. */
export function uncappedLogitsOf(
  g: GraphBuilder,
  model: Architecture,
  normalised: Value,
  ids: Value,
): Value {
  const vectors = g.weightRows(tokenVectors(model, 'unembedding'), ids); // [t, nEmbd]
  const linear = g.op('MatMul', [normalised, g.transpose(vectors, [1, 0])]);
  const bias = model.layout.unembeddingBias;
  return bias ? g.op('Add', [linear, g.weightRows(model.weight(bias), ids)]) : linear;
}

/**
 * The linear part of final normalisation and unembedding: rows [m, nEmbd] → what each adds to every
 * logit, [m, vocab], for a residual stream whose norm has the scale 1.
 */
export function logitsOfDirection(g: GraphBuilder, model: Architecture, rows: Value): Value {
  const gain = gainOf(g, model, model.layout.finalNorm);
  const scaled = g.op('Mul', [linearPart(g, model, rows), gain]);
  return unembed(g, scaled, g.weight(tokenVectors(model, 'unembedding')));
}

/**
 * With the final norm's scale frozen at that of `residFinal` [1, nEmbd], the logit of token t is
 * x · direction[t] + constant[t] for any x in its place, before a cap. For ids [t].
 */
export function logitDirections(
  g: GraphBuilder,
  model: Architecture,
  residFinal: Value,
  ids: Value,
): { direction: Value /* [t, nEmbd] */; constant: Value /* [t] */ } {
  const { layout, weight } = model;
  const { bias } = layout.finalNorm;
  const vectors = g.weightRows(tokenVectors(model, 'unembedding'), ids); // [t, nEmbd]
  const gained = g.op('Mul', [vectors, gainOf(g, model, layout.finalNorm)]);
  const lastAxis = g.constant('I64', [-1]);
  const biased = bias
    ? g.op('Mul', [vectors, g.weight(weight(bias))])
    : g.op('Mul', [vectors, g.constant('F32', [0], [])]);
  const constant = g.op('ReduceSum', [biased, lastAxis], { keepdims: 0n });
  const { unembeddingBias } = layout;
  return {
    // Taking the mean out of x, as the norm does, is taking it out of what x is multiplied with.
    direction: g.op('Div', [linearPart(g, model, gained), normScale(g, model, residFinal)]),
    constant: unembeddingBias
      ? g.op('Add', [constant, g.weightRows(weight(unembeddingBias), ids)])
      : constant,
  };
}

/** The matrix of token vectors, [vocab, nEmbd], as it is stored. */
export function tokenVectors(
  { layout, weight }: Architecture,
  matrix: TokenMatrix,
): ExternalTensor {
  return weight((matrix === 'unembedding' ? layout.unembedding : null) ?? layout.tokenEmbedding);
}
