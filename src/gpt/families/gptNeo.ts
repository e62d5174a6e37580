import { UserError } from '../../protocol/userError';
import { activationNamed } from './activationNamed';
import type { ConfigReader } from '../configReader';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout } from './layout';
import { gptNeoNames, usual } from './usual';

/**
 * GPT-Neo (Black et al. 2021; TinyStories, Eldan & Li 2023): as GPT-2, but scores are not scaled,
 * and in some layers a query sees a window of positions only.
 */
export const gptNeo: Family = {
  name: 'gpt_neo',
  prefix: 'transformer.',

  readConfig(reader) {
    const sizes = usual('gpt_neo', reader, gptNeoNames);
    const { nEmbd, nLayer } = sizes;
    const window = reader.size('window_size', 256);
    return {
      ...sizes,
      nInner: reader.size('intermediate_size', 4 * nEmbd),
      nCtx: reader.size('max_position_embeddings'),
      layerNormEpsilon: reader.positive('layer_norm_epsilon', 1e-5),
      activation: activationNamed(reader.text('activation_function', 'gelu_new')),
      attentionScale: new Array<number>(nLayer).fill(1),
      attentionWindow: attentionKinds(reader, nLayer).map((kind) =>
        kind === 'local' ? window : null,
      ),
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', true),

  layout({ nLayer, nEmbd, nInner, nCtx, vocabSize }, tied) {
    const block = (layer: number): BlockLayout => {
      const h = `h.${layer}`;
      const attention = `${h}.attn.attention`;
      return {
        ...noExtraNorms,
        attentionNorm: norm(`${h}.ln_1`, nEmbd, true),
        projection: {
          kind: 'separate',
          q: dense(`${attention}.q_proj`, 'outIn', nEmbd, [['Q', nEmbd]], false),
          k: dense(`${attention}.k_proj`, 'outIn', nEmbd, [['K', nEmbd]], false),
          v: dense(`${attention}.v_proj`, 'outIn', nEmbd, [['V', nEmbd]], false),
        },
        attentionOutput: dense(
          `${attention}.out_proj`,
          'outIn',
          nEmbd,
          [['attention output', nEmbd]],
          true,
        ),
        mlpNorm: norm(`${h}.ln_2`, nEmbd, true),
        mlpInput: {
          kind: 'plain',
          up: dense(`${h}.mlp.c_fc`, 'outIn', nEmbd, [['MLP up', nInner]], true),
        },
        mlpOutput: dense(`${h}.mlp.c_proj`, 'outIn', nInner, [['MLP down', nEmbd]], true),
      };
    };
    return {
      tokenEmbedding: tokenTable('wte.weight', 'embedding', vocabSize, nEmbd),
      positionEmbedding: {
        table: { name: 'wpe.weight', shape: [nCtx, nEmbd], components: ['position embedding'] },
        offset: 0,
      },
      blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
      finalNorm: norm('ln_f', nEmbd, true),
      unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
      unembeddingBias: null,
    };
  },
};

/** `global` or `local` for each layer, from `attention_layers` or from runs such as [[[a, b], 6]]. */
function attentionKinds(reader: ConfigReader, nLayer: number): string[] {
  const written = reader.list('attention_layers');
  const kinds =
    written ??
    (reader.list('attention_types') ?? [[['global', 'local'], nLayer / 2]]).flatMap((run) => {
      const [pattern, times] = Array.isArray(run) ? (run as unknown[]) : [];
      const valid = Array.isArray(pattern) && Number.isInteger(times) && Number(times) <= nLayer;
      return valid ? new Array<unknown[]>(Number(times)).fill(pattern).flat() : [null];
    });
  if (kinds.length !== nLayer || !kinds.every((kind) => kind === 'global' || kind === 'local')) {
    throw new UserError(
      `${reader.place}: "attention_types" must name "global" or "local" attention for each of the ` +
        `${nLayer} layers.`,
    );
  }
  return kinds;
}
