import type { Attribution } from '../protocol/attribution';
import type { ModelDescription } from '../protocol/inspection';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionData } from './sectionData';

/** One part of the model and what it adds to the logit. */
export interface Part {
  name: string;
  kind: 'embedding' | 'head' | 'mlp' | 'bias';
  value: number;
  /** Null for what belongs to no layer; `head` only for a head. */
  layer: number | null;
  head: number | null;
}

/**
 * Every part, in the order in which they write into the residual stream. What a model does not have
 * (a position embedding where positions are rotary, biases) is left out.
 */
export function attributionParts(
  { tokenEmbedding, positionEmbedding, heads, attnBias, mlps, finalNormBias }: Attribution,
  { nLayer, nHead, positions }: ModelDescription,
): Part[] {
  const plain = (name: string, kind: Part['kind'], value: number, layer: number | null = null) => ({
    name,
    kind,
    value,
    layer,
    head: null,
  });
  const parts: Part[] = [plain('token embedding', 'embedding', tokenEmbedding)];
  if (positions === 'learned') {
    parts.push(plain('position embedding', 'embedding', positionEmbedding));
  }
  const hasAttnBias = attnBias.some((value) => value !== 0);
  for (let layer = 0; layer < nLayer; layer++) {
    for (let head = 0; head < nHead; head++) {
      const value = heads[layer * nHead + head]!;
      parts.push({ name: `L${layer}H${head}`, kind: 'head', value, layer, head });
    }
    if (hasAttnBias) parts.push(plain(`L${layer} attn bias`, 'bias', attnBias[layer]!, layer));
    parts.push(plain(`L${layer} MLP`, 'mlp', mlps[layer]!, layer));
  }
  if (finalNormBias !== 0) parts.push(plain('final bias', 'bias', finalNormBias));
  return parts;
}

/** What all parts of a kind add together. */
export function totalOf(parts: readonly Part[], kind: Part['kind']): number {
  return parts.reduce((sum, part) => (part.kind === kind ? sum + part.value : sum), 0);
}

/** Layers × (heads, then MLP). */
export function attributionMap(
  { heads, mlps }: Attribution,
  { nLayer, nHead }: ModelDescription,
): Float32Array {
  const values = new Float32Array(nLayer * (nHead + 1));
  for (let layer = 0; layer < nLayer; layer++) {
    values.set(heads.subarray(layer * nHead, (layer + 1) * nHead), layer * (nHead + 1));
    values[layer * (nHead + 1) + nHead] = mlps[layer]!;
  }
  return values;
}

export function attributionData(found: Attribution, model: ModelDescription): SectionData {
  const { heads, attnBias, mlps, ...rest } = found;
  const { nLayer, nHead } = model;
  const { target, versus } = found;
  const what = displayToken(target.text) + (versus ? ` − ${displayToken(versus.text)}` : '');
  return {
    name: `attribution-${found.position}`,
    columns: ['part', `logit of ${what}`],
    rows: [
      ...attributionParts(found, model).map(({ name, value }) => [name, value]),
      ['sum', found.sum],
      ['logit', found.logit],
      ['error', found.error],
    ],
    json: {
      ...rest,
      heads: Array.from({ length: nLayer }, (_, layer) =>
        Array.from(heads.subarray(layer * nHead, (layer + 1) * nHead)),
      ),
      attnBias: Array.from(attnBias),
      mlps: Array.from(mlps),
    },
  };
}
