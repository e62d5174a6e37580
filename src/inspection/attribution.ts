import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { logitDirections } from '../gpt/probes/logitDirections';
import { logitsOf } from '../gpt/probes/logitsOf';
import { mlp, mlpReads } from '../gpt/probes/mlp';
import { tokenVectors } from '../gpt/probes/tokenVectors';
import { argmax } from '../gpt/sampling';
import { logSumExp } from '../gpt/softmax';
import type { AttributedToken, Attribution } from '../protocol/attribution';
import { UserError } from '../protocol/userError';
import { logitsAt } from './predictions';
import { streamAt } from './streamAt';

/** What is asked for: both are token ids; a `target` of null is the most likely token. */
export interface AttributionQuestion {
  position: number;
  target: number | null;
  versus: number | null;
}

/**
 * Direct logit attribution (Elhage et al. 2021, "A Mathematical Framework for Transformer
 * Circuits"). The last residual stream is the sum of what every part of the model wrote into it,
 * and with the final norm's scale frozen a logit is linear in it: so the logit is the sum of what
 * each part adds to it. Every part is computed by itself, none as what is left of the others, so
 * that the error of the sum says whether they were computed right.
 *
 * @throws {UserError} where there is no such position, or `target` and `versus` are the same.
 */
export async function attribution(
  model: Model,
  ids: readonly number[],
  residual: ResidualStream,
  { position, target, versus }: AttributionQuestion,
  textOf: (id: number) => string,
  options: PassOptions = {},
): Promise<Attribution> {
  const { nLayer, nHead, nEmbd } = model.config;
  const layers = await streamAt(model, residual, position, options);
  const logits = await logitsAt(model, residual, position);
  const total = logSumExp(logits);
  const token = (id: number): AttributedToken => {
    const logit = logits[id]!;
    return { id, text: textOf(id), logit, logprob: logit - total };
  };
  const targetId = target ?? argmax(logits);
  if (targetId === versus) {
    throw new UserError(
      'Target and versus are the same token, so their logits do not differ. Choose another one.',
    );
  }

  const { direction, constant } = await directionOf(
    model,
    layers.at(-1)!.residPost,
    targetId,
    versus,
  );
  const along = (vector: Float32Array, start = 0): number => {
    let sum = 0;
    for (let i = 0; i < nEmbd; i++) sum += vector[start + i]! * direction[i]!;
    return sum;
  };

  const tokenVector = await tokenVectors(model, 'embedding', [ids[position]!]);
  const embedding = along(layers[0]!.residPre);
  const { embeddingScale, rotary } = model.config;
  const tokenEmbedding = along(tokenVector) * embeddingScale;
  const learnsPositions = rotary.every((turned) => turned === null);
  const heads = new Float64Array(nLayer * nHead);
  const attnBias = new Float64Array(nLayer);
  const mlps = new Float64Array(nLayer);
  for (const [layer, { heads: own, residPre, residMid }] of layers.entries()) {
    for (let head = 0; head < nHead; head++) {
      heads[layer * nHead + head] = along(own.headOut, head * nEmbd);
    }
    attnBias[layer] = along(own.bias);
    mlps[layer] = along((await mlp(model, layer, mlpReads(model, residPre, residMid))).mlpOut);
  }
  const parts = {
    tokenEmbedding,
    positionEmbedding: learnsPositions ? embedding - tokenEmbedding : 0,
    heads,
    attnBias,
    mlps,
    finalNormBias: constant,
  };
  const sum = [embedding, ...heads, ...attnBias, ...mlps, constant].reduce((a, b) => a + b, 0);
  // Where the model caps its logits, what is linear is what comes before the cap.
  const compared = versus === null ? [targetId] : [targetId, versus];
  const linear =
    model.config.logitCap === null
      ? compared.map((id) => logits[id]!)
      : await logitsOf(model, layers.at(-1)!.residPost, compared, 'uncapped');
  const logit = linear[0]! - (linear[1] ?? 0);
  return {
    position,
    target: token(targetId),
    versus: versus === null ? null : token(versus),
    ...parts,
    sum,
    logit,
    error: sum - logit,
  };
}

/** What the logit, or the difference of logits, is linear in; in float64. */
async function directionOf(
  model: Model,
  residFinal: Float32Array,
  target: number,
  versus: number | null,
): Promise<{ direction: Float64Array; constant: number }> {
  const ids = versus === null ? [target] : [target, versus];
  const { direction, constant } = await logitDirections(model, residFinal, ids);
  const { nEmbd } = model.config;
  return {
    direction: Float64Array.from(
      { length: nEmbd },
      (_, i) => direction[i]! - (direction[nEmbd + i] ?? 0),
    ),
    constant: constant[0]! - (constant[1] ?? 0),
  };
}
