import type { Rotary } from '../config';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { readRotary } from './rotary';
import { uniform } from './uniform';

/**
 * GPT-NeoX (Black et al. 2022; Pythia, Biderman et al. 2023): a part of each head's features is
 * turned by position, and attention and MLP read the same residual stream, unless config.json says
 * otherwise. Queries, keys and values of a head stand side by side.
 */
export const gptNeoX: Family = {
  name: 'gpt_neox',
  prefix: 'gpt_neox.',

  readConfig(reader) {
    const nEmbd = reader.size('hidden_size');
    const nHead = reader.divisor('num_attention_heads', nEmbd, 'hidden_size');
    const nLayer = reader.size('num_hidden_layers', undefined, 10_000);
    const vocabSize = reader.size('vocab_size');
    const dHead = nEmbd / nHead;
    const nCtx = reader.size('max_position_embeddings');
    const rotary = readRotary(reader, {
      dims: Math.trunc(dHead * reader.rotaryShare(reader.share('rotary_pct', 0.25))),
      theta: reader.positive('rotary_emb_base', 10_000),
      ownTheta: true,
      nCtx,
    });
    return {
      ...uniform(nLayer),
      family: 'gpt_neox',
      nLayer,
      nHead,
      nKvHead: nHead,
      dHead,
      nEmbd,
      nInner: reader.size('intermediate_size'),
      nCtx: rotary.nCtx,
      vocabSize,
      norm: 'layerNorm',
      layerNormEpsilon: reader.positive('layer_norm_eps', 1e-5),
      activation: activationNamed(reader.text('hidden_act', 'gelu')),
      attentionScale: new Array<number>(nLayer).fill(1 / Math.sqrt(dHead)),
      rotary: new Array<Rotary>(nLayer).fill(rotary.rotary),
      parallelResidual: reader.flag('use_parallel_residual', true),
      bosTokenId: reader.tokenId('bos_token_id', vocabSize),
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', false),

  layout({ nLayer, nEmbd, nInner, vocabSize }, tied, reader) {
    const bias = reader.flag('attention_bias', true);
    const block = (layer: number): BlockLayout => {
      const h = `layers.${layer}`;
      const qkv = (['Q', 'K', 'V'] as const).map((name) => [name, nEmbd] as const);
      return {
        ...noExtraNorms,
        attentionNorm: norm(`${h}.input_layernorm`, nEmbd, true),
        projection: {
          kind: reader.flag('qkv_by_head', true) ? 'byHead' : 'sideBySide',
          qkv: dense(`${h}.attention.query_key_value`, 'outIn', nEmbd, qkv, bias),
        },
        attentionOutput: dense(
          `${h}.attention.dense`,
          'outIn',
          nEmbd,
          [['attention output', nEmbd]],
          bias,
        ),
        mlpNorm: norm(`${h}.post_attention_layernorm`, nEmbd, true),
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.mlp.dense_h_to_4h`, 'outIn', nEmbd, [['MLP up', nInner]], true),
        },
        mlpOutput: dense(`${h}.mlp.dense_4h_to_h`, 'outIn', nInner, [['MLP down', nEmbd]], true),
      };
    };
    return {
      tokenEmbedding: tokenTable('embed_in.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: null,
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('final_layer_norm', nEmbd, true),
      unembedding: tied
        ? null
        : {
            ...tokenTable('embed_out.weight', 'unembedding', vocabSize, nEmbd),
            otherName: 'lm_head.weight',
          },
      unembeddingBias: null,
    };
  },
};
