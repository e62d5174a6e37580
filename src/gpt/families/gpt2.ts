import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { gpt2Names, usual } from './usual';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';

/**
 * GPT-2 (Radford et al. 2019) with the variants of Hugging Face's `GPT2Config`. Layer norms stand
 * before attention and MLP; both add to the residual stream, one after the other.
 */
export const gpt2: Family = {
  name: 'gpt2',
  prefix: 'transformer.',

  readConfig(reader) {
    const sizes = usual('gpt2', reader, gpt2Names);
    const { nEmbd, dHead } = sizes;
    const scale = reader.flag('scale_attn_weights', true) ? 1 / Math.sqrt(dHead) : 1;
    const byLayer = reader.flag('scale_attn_by_inverse_layer_idx', false);
    return {
      ...sizes,
      nInner: reader.size('n_inner', 4 * nEmbd),
      nCtx: reader.size('n_positions'),
      layerNormEpsilon: reader.positive('layer_norm_epsilon', 1e-5),
      activation: activationNamed(reader.text('activation_function', 'gelu_new')),
      attentionScale: sizes.attentionScale.map((_, layer) =>
        byLayer ? scale / (layer + 1) : scale,
      ),
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', true),

  layout({ nLayer, nEmbd, nInner, nCtx, vocabSize }, tied, reader) {
    const bias = reader.flag('nanogpt:bias', true);
    const block = (layer: number): BlockLayout => {
      const h = `h.${layer}`;
      const qkv = (['Q', 'K', 'V'] as const).map((name) => [name, nEmbd] as const);
      return {
        attentionNorm: norm(`${h}.ln_1`, nEmbd, bias),
        projection: {
          kind: 'sideBySide',
          qkv: dense(`${h}.attn.c_attn`, 'inOut', nEmbd, qkv, bias),
        },
        attentionOutput: dense(
          `${h}.attn.c_proj`,
          'inOut',
          nEmbd,
          [['attention output', nEmbd]],
          bias,
        ),
        ...noExtraNorms,
        mlpNorm: norm(`${h}.ln_2`, nEmbd, bias),
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.mlp.c_fc`, 'inOut', nEmbd, [['MLP up', nInner]], bias),
        },
        mlpOutput: dense(`${h}.mlp.c_proj`, 'inOut', nInner, [['MLP down', nEmbd]], bias),
      };
    };
    return {
      tokenEmbedding: tokenTable('wte.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: {
        table: { name: 'wpe.weight', shape: [nCtx, nEmbd], components: ['position embedding'] },
        offset: 0,
      },
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('ln_f', nEmbd, bias),
      unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
      unembeddingBias: null,
    };
  },
};
