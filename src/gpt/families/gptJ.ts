import { UserError } from '../../protocol/userError';
import type { Rotary } from '../config';
import { ConfigReader } from '../configReader';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { readRotary } from './rotary';
import { gpt2Names, usual } from './usual';

/**
 * GPT-J (Wang & Komatsuzaki 2021): neighbouring features of the first `rotary_dim` turn together;
 * attention and MLP read the same normalised residual stream; the unembedding has a bias.
 */
export const gptJ: Family = {
  name: 'gptj',
  prefix: 'transformer.',

  readConfig(reader) {
    const sizes = usual('gptj', reader, gpt2Names);
    const { nEmbd, dHead, nLayer } = sizes;
    const nCtx = reader.size('n_positions');
    const dims = reader.size('rotary_dim', 64);
    if (dims > dHead) {
      throw new UserError(
        `${reader.place}: "rotary_dim" (${dims}) must be at most the length of a head (${dHead}).`,
      );
    }
    // The family knows no other base and no scaling, whatever its config.json says.
    const plain = ConfigReader.of({});
    const { rotary } = readRotary(plain, { dims, theta: 10_000, nCtx });
    return {
      ...sizes,
      nInner: reader.size('n_inner', 4 * nEmbd),
      nCtx,
      layerNormEpsilon: reader.positive('layer_norm_epsilon', 1e-5),
      activation: activationNamed(reader.text('activation_function', 'gelu_new')),
      rotary: new Array<Rotary>(nLayer).fill({ ...rotary, pairs: 'neighbours' }),
      parallelResidual: true,
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', false),

  layout({ nLayer, nEmbd, nInner, vocabSize }, tied) {
    const block = (layer: number): BlockLayout => {
      const h = `h.${layer}`;
      return {
        ...noExtraNorms,
        attentionNorm: norm(`${h}.ln_1`, nEmbd, true),
        projection: {
          kind: 'separate',
          q: dense(`${h}.attn.q_proj`, 'outIn', nEmbd, [['Q', nEmbd]], false),
          k: dense(`${h}.attn.k_proj`, 'outIn', nEmbd, [['K', nEmbd]], false),
          v: dense(`${h}.attn.v_proj`, 'outIn', nEmbd, [['V', nEmbd]], false),
        },
        attentionOutput: dense(
          `${h}.attn.out_proj`,
          'outIn',
          nEmbd,
          [['attention output', nEmbd]],
          false,
        ),
        mlpNorm: null,
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.mlp.fc_in`, 'outIn', nEmbd, [['MLP up', nInner]], true),
        },
        mlpOutput: dense(`${h}.mlp.fc_out`, 'outIn', nInner, [['MLP down', nEmbd]], true),
      };
    };
    return {
      tokenEmbedding: tokenTable('wte.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: null,
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('ln_f', nEmbd, true),
      unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
      unembeddingBias: {
        name: 'lm_head.bias',
        shape: [vocabSize],
        components: ['unembedding'],
      },
    };
  },
};
