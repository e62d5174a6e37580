import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { pattern } from '../gpt/probes/pattern';
import { valueNorms } from '../gpt/probes/valueNorms';
import type { AttentionPattern, HeadChoice } from '../protocol/attention';
import { UserError } from '../protocol/userError';
import { maxPattern, meanPattern } from './combinedHeads';
import { weighByNorms } from './headPatterns';
import { attentionRollout } from './rollout';
import { checkHead, checkLayer } from './places';

/**
 * Attention patterns of one layer, recomputed from the residual stream before it; `head: null` is
 * all of its heads, each for itself.
 *
 * @param weighted multiply each weight by the norm of what it moves.
 * @throws {UserError} where the model has no such layer or head, or the head has no such weights.
 */
export async function attentionPattern(
  model: Model,
  residual: ResidualStream,
  layer: number,
  head: HeadChoice | null,
  weighted = false,
  options: PassOptions = {},
): Promise<AttentionPattern> {
  checkLayer(model.config, layer);
  const { nHead, nEmbd } = model.config;
  const all = Array.from({ length: nHead }, (_, i) => i);
  const residPre = residual[layer]!;
  const tokens = residPre.length / nEmbd;
  const of = (heads: number[], weights: Float32Array): AttentionPattern => ({
    layer,
    heads,
    tokens,
    pattern: weights,
  });

  if (head === 'mean') {
    return of(all, await meanPattern(model, layer, residPre, weighted, options));
  }
  if (head === 'max') {
    return of(all, await maxPattern(model, layer, residPre, weighted, options));
  }
  if (head === 'rollout') {
    if (!weighted) return of(all, await attentionRollout(model, residual, layer, options));
    throw new UserError(
      'Attention rollout mixes plain weights: ask for it without weighting by values.',
    );
  }
  if (head !== null) checkHead(model.config, layer, head);
  const heads = head === null ? all : [head];
  const patterns = await pattern(model, layer, residPre, heads);
  if (weighted) {
    weighByNorms(patterns, await valueNorms(model, layer, residPre), heads[0]!, tokens);
  }
  return of(heads, patterns);
}
