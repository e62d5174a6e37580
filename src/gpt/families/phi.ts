import { UserError } from '../../protocol/userError';
import type { Rotary } from '../config';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { readRotary } from './rotary';
import { newerNames, sharedHeads, usual } from './usual';

/**
 * Phi-1, 1.5 and 2 (Gunasekar et al. 2023): attention and MLP read the same normalised residual
 * stream, part of a head's features is turned, and everything has a bias, the unembedding too.
 */
export const phi: Family = {
  name: 'phi',
  prefix: 'model.',

  readConfig(reader) {
    const sizes = usual('phi', reader, newerNames);
    const { nHead, dHead, nLayer } = sizes;
    if (reader.flag('qk_layernorm', false)) {
      throw new UserError(
        'This Phi model normalises queries and keys ("qk_layernorm"), which is not supported. ' +
          'Choose Phi-1, Phi-1.5 or Phi-2.',
      );
    }
    const { rotary, nCtx } = readRotary(reader, {
      dims: Math.trunc(dHead * reader.rotaryShare(0.5)),
      theta: 10_000,
      nCtx: reader.size('max_position_embeddings', 2048),
    });
    return {
      ...sizes,
      nKvHead: sharedHeads(reader, nHead),
      nInner: reader.size('intermediate_size'),
      nCtx,
      layerNormEpsilon: reader.positive('layer_norm_eps', 1e-5),
      activation: activationNamed(reader.text('hidden_act', 'gelu_new')),
      rotary: new Array<Rotary>(nLayer).fill(rotary),
      parallelResidual: true,
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', false),

  layout({ nLayer, nHead, nKvHead, dHead, nEmbd, nInner, vocabSize }, tied) {
    const [width, kvWidth] = [nHead * dHead, nKvHead * dHead];
    const block = (layer: number): BlockLayout => {
      const h = `layers.${layer}`;
      const attention = `${h}.self_attn`;
      return {
        ...noExtraNorms,
        attentionNorm: norm(`${h}.input_layernorm`, nEmbd, true),
        projection: {
          kind: 'separate',
          q: dense(`${attention}.q_proj`, 'outIn', nEmbd, [['Q', width]], true),
          k: dense(`${attention}.k_proj`, 'outIn', nEmbd, [['K', kvWidth]], true),
          v: dense(`${attention}.v_proj`, 'outIn', nEmbd, [['V', kvWidth]], true),
        },
        attentionOutput: dense(
          `${attention}.dense`,
          'outIn',
          width,
          [['attention output', nEmbd]],
          true,
        ),
        mlpNorm: null,
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.mlp.fc1`, 'outIn', nEmbd, [['MLP up', nInner]], true),
        },
        mlpOutput: dense(`${h}.mlp.fc2`, 'outIn', nInner, [['MLP down', nEmbd]], true),
      };
    };
    return {
      tokenEmbedding: tokenTable('embed_tokens.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: null,
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('final_layernorm', nEmbd, true),
      unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
      unembeddingBias: {
        name: 'lm_head.bias',
        shape: [vocabSize],
        components: ['unembedding'],
      },
    };
  },
};
