import type { GptConfig } from '../config';
import type { ConfigReader } from '../configReader';

/** What config.json calls the sizes that all families have. */
export interface SizeNames {
  nEmbd: string;
  nHead: string;
  nLayer: string;
}

export const gpt2Names: SizeNames = { nEmbd: 'n_embd', nHead: 'n_head', nLayer: 'n_layer' };
export const gptNeoNames: SizeNames = {
  nEmbd: 'hidden_size',
  nHead: 'num_heads',
  nLayer: 'num_layers',
};
/** Of all families since. */
export const newerNames: SizeNames = {
  nEmbd: 'hidden_size',
  nHead: 'num_attention_heads',
  nLayer: 'num_hidden_layers',
};

/**
 * The sizes of a model, and what most GPTs have in common; a family says only where it differs.
 *
 * @param headSize the length of a head where it has one of its own; else the heads share nEmbd.
 * @throws {UserError} where a size is missing, or they contradict one another.
 */
export function usual(
  family: string,
  reader: ConfigReader,
  names: SizeNames,
  headSize: number | null = null,
): Omit<GptConfig, 'nInner' | 'nCtx' | 'layerNormEpsilon' | 'activation'> {
  const nEmbd = reader.size(names.nEmbd);
  const nHead =
    headSize === null ? reader.divisor(names.nHead, nEmbd, names.nEmbd) : reader.size(names.nHead);
  const nLayer = reader.size(names.nLayer, undefined, 10_000);
  const vocabSize = reader.size('vocab_size');
  const dHead = headSize ?? nEmbd / nHead;
  const inEachLayer = <T>(value: T) => new Array<T>(nLayer).fill(value);
  return {
    family,
    nLayer,
    nHead,
    nKvHead: nHead,
    dHead,
    nEmbd,
    vocabSize,
    norm: 'layerNorm',
    gainOffset: 0,
    attentionScale: inEachLayer(1 / Math.sqrt(dHead)),
    attentionWindow: inEachLayer(null),
    rotary: inEachLayer(null),
    scoreCap: null,
    logitCap: null,
    parallelResidual: false,
    embeddingScale: 1,
    bosTokenId: reader.tokenId('bos_token_id', vocabSize),
  };
}

/** How many heads of keys and values the query heads share, where the family can have fewer. */
export function sharedHeads(reader: ConfigReader, nHead: number): number {
  return reader.divisor('num_key_value_heads', nHead, newerNames.nHead, nHead);
}
