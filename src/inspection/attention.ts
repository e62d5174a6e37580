import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { pattern } from '../gpt/probes/pattern';
import type { AttentionPattern } from '../protocol/inspection';
import { UserError } from '../protocol/userError';

/**
 * Attention patterns of one layer, recomputed from the residual stream before it; `head: null` is
 * all of its heads.
 *
 * @throws {UserError} where the model has no such layer or head.
 */
export async function attentionPattern(
  model: Model,
  residual: ResidualStream,
  layer: number,
  head: number | null,
): Promise<AttentionPattern> {
  const { nLayer, nHead, nEmbd } = model.config;
  if (!isIndex(layer, nLayer)) {
    throw new UserError(`There is no layer ${layer}: the model has layers 0 to ${nLayer - 1}.`);
  }
  if (head !== null && !isIndex(head, nHead)) {
    throw new UserError(`There is no head ${head}: each layer has heads 0 to ${nHead - 1}.`);
  }
  const heads = head === null ? Array.from({ length: nHead }, (_, i) => i) : [head];
  const residPre = residual[layer]!;
  return {
    layer,
    heads,
    tokens: residPre.length / nEmbd,
    pattern: await pattern(model, layer, residPre, heads),
  };
}

function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}
