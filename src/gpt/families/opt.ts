import { UserError } from '../../protocol/userError';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { newerNames, usual } from './usual';

/** Rows of OPT's position table that stand for no position; fairseq kept them for padding. */
const positionOffset = 2;

/** OPT (Zhang et al. 2022), in the form whose norms stand before attention and MLP. */
export const opt: Family = {
  name: 'opt',
  prefix: 'model.',

  readConfig(reader) {
    const sizes = usual('opt', reader, newerNames);
    const { nEmbd } = sizes;
    if (!reader.flag('do_layer_norm_before', true)) {
      throw new UserError(
        'This OPT model normalises after attention and MLP ("do_layer_norm_before": false, as ' +
          'OPT-350M does), which is not supported. Choose another size of OPT.',
      );
    }
    if (reader.size('word_embed_proj_dim', nEmbd) !== nEmbd) {
      throw new UserError(
        'This OPT model has token vectors of another length than its residual stream ' +
          '("word_embed_proj_dim"), which is not supported. Choose another size of OPT.',
      );
    }
    if (reader.flag('_remove_final_layer_norm', false)) {
      throw new UserError(
        'This OPT model has no final layer norm ("_remove_final_layer_norm"), which is not ' +
          'supported. Choose a checkpoint that was saved with it.',
      );
    }
    return {
      ...sizes,
      nInner: reader.size('ffn_dim'),
      nCtx: reader.size('max_position_embeddings'),
      layerNormEpsilon: 1e-5,
      activation: activationNamed(reader.text('activation_function', 'relu')),
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', true),

  layout({ nLayer, nEmbd, nInner, nCtx, vocabSize }, tied, reader) {
    const bias = reader.flag('enable_bias', true);
    const affine = reader.flag('layer_norm_elementwise_affine', true);
    if (!affine) {
      throw new UserError(
        'This OPT model has layer norms without weights ("layer_norm_elementwise_affine": false), ' +
          'which are not supported. Choose another checkpoint.',
      );
    }
    const block = (layer: number): BlockLayout => {
      const h = `decoder.layers.${layer}`;
      return {
        ...noExtraNorms,
        attentionNorm: norm(`${h}.self_attn_layer_norm`, nEmbd, true),
        projection: {
          kind: 'separate',
          q: dense(`${h}.self_attn.q_proj`, 'outIn', nEmbd, [['Q', nEmbd]], bias),
          k: dense(`${h}.self_attn.k_proj`, 'outIn', nEmbd, [['K', nEmbd]], bias),
          v: dense(`${h}.self_attn.v_proj`, 'outIn', nEmbd, [['V', nEmbd]], bias),
        },
        attentionOutput: dense(
          `${h}.self_attn.out_proj`,
          'outIn',
          nEmbd,
          [['attention output', nEmbd]],
          bias,
        ),
        mlpNorm: norm(`${h}.final_layer_norm`, nEmbd, true),
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.fc1`, 'outIn', nEmbd, [['MLP up', nInner]], bias),
        },
        mlpOutput: dense(`${h}.fc2`, 'outIn', nInner, [['MLP down', nEmbd]], bias),
      };
    };
    return {
      tokenEmbedding: tokenTable('decoder.embed_tokens.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: {
        table: {
          name: 'decoder.embed_positions.weight',
          shape: [nCtx + positionOffset, nEmbd],
          components: ['position embedding'],
        },
        offset: positionOffset,
      },
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('decoder.final_layer_norm', nEmbd, true),
      unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
      unembeddingBias: null,
    };
  },
};
