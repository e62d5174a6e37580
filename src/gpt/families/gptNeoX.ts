import type { Rotary } from '../config';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { readRotary } from './rotary';
import { newerNames, usual } from './usual';

/**
 * GPT-NeoX (Black et al. 2022; Pythia, Biderman et al. 2023): a part of each head's features is
 * turned by position, and attention and MLP read the same residual stream, unless config.json says
 * otherwise. Queries, keys and values of a head stand side by side.
 */
export const gptNeoX: Family = {
  name: 'gpt_neox',
  prefix: 'gpt_neox.',

  readConfig(reader) {
    const sizes = usual('gpt_neox', reader, newerNames);
    const { dHead, nLayer } = sizes;
    const { rotary, nCtx } = readRotary(reader, {
      dims: Math.trunc(dHead * reader.rotaryShare(reader.share('rotary_pct', 0.25))),
      theta: reader.positive('rotary_emb_base', 10_000),
      ownTheta: true,
      nCtx: reader.size('max_position_embeddings'),
    });
    return {
      ...sizes,
      nInner: reader.size('intermediate_size'),
      nCtx,
      layerNormEpsilon: reader.positive('layer_norm_eps', 1e-5),
      activation: activationNamed(reader.text('hidden_act', 'gelu')),
      rotary: new Array<Rotary>(nLayer).fill(rotary),
      parallelResidual: reader.flag('use_parallel_residual', true),
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
          kind: reader.flag('gguf:qkv_by_head', true) ? 'byHead' : 'sideBySide',
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
