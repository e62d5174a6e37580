import { UserError } from '../../protocol/userError';
import { activationNamed } from './activationNamed';
import type { ConfigReader } from '../configReader';
import type { Family } from './family';
import { norm, type Layout } from './layout';
import { llamaLayout, slidingLayers } from './llama';
import { readRotary } from './rotary';
import { newerNames, sharedHeads, usual } from './usual';

/** Gemma (Mesnard et al. 2024): token vectors are scaled, gains are stored less 1. */
export const gemma = gemmaLike('gemma', 1);
/** Gemma 2 (Riviere et al. 2024): also capped scores and logits, windows, norms after each part. */
export const gemma2 = gemmaLike('gemma2', 2);
/** Gemma 3 (Kamath et al. 2025), text only: norms of queries and keys in place of the caps. */
export const gemma3 = gemmaLike('gemma3_text', 3);

function gemmaLike(name: string, generation: 1 | 2 | 3): Family {
  return {
    name,
    prefix: 'model.',

    readConfig(reader) {
      if (reader.flag('use_bidirectional_attention', false)) {
        throw new UserError(
          `${reader.place}: this model looks ahead ("use_bidirectional_attention"), as those for ` +
            'embeddings of texts do, so it predicts no next token. Choose another model.',
        );
      }
      const sizes = usual(name, reader, newerNames, reader.size('head_dim', 256));
      const { nEmbd, nHead, dHead, nLayer } = sizes;
      const nCtx = reader.size('max_position_embeddings', generation === 3 ? 131_072 : 8192);
      const window = generation === 1 ? null : reader.size('sliding_window', 4096);
      const sliding =
        window === null ? new Array<boolean>(nLayer).fill(false) : slides(reader, nLayer, name);
      const theta = generation === 3 ? 1_000_000 : 10_000;
      const { rotary } = readRotary(reader, { dims: dHead, theta, nCtx, layers: 'full_attention' });
      const local =
        generation === 3
          ? readRotary(reader, {
              dims: dHead,
              theta: reader.positive('rope_local_base_freq', 10_000),
              nCtx,
              layers: 'sliding_attention',
            }).rotary
          : rotary;
      const activation = reader.optionalText(
        generation === 1 && reader.optionalText('hidden_activation') === null
          ? 'hidden_act'
          : 'hidden_activation',
      );
      const scaledBy = generation === 1 ? dHead : reader.positive('query_pre_attn_scalar', 256);
      return {
        ...sizes,
        nKvHead: sharedHeads(reader, nHead),
        nInner: reader.size('intermediate_size'),
        nCtx,
        norm: 'rmsNorm',
        layerNormEpsilon: reader.positive('rms_norm_eps', 1e-6),
        gainOffset: reader.flag('gguf:norm_gains_complete', false) ? 0 : 1,
        activation: activationNamed(
          // The first checkpoints say "gelu" and mean its approximation.
          activation === null || (generation === 1 && activation === 'gelu')
            ? 'gelu_pytorch_tanh'
            : activation,
        ),
        attentionScale: new Array<number>(nLayer).fill(1 / Math.sqrt(scaledBy)),
        attentionWindow: sliding.map((slides) => (slides ? window : null)),
        rotary: sliding.map((slides) => (slides ? local : rotary)),
        // Gemma 3 can be told a cap too, but transformers makes nothing of it.
        scoreCap: generation === 2 ? reader.optionalPositive('attn_logit_softcapping', 50) : null,
        logitCap: generation === 1 ? null : reader.optionalPositive('final_logit_softcapping', generation === 2 ? 30 : null), // prettier-ignore
        embeddingScale: Math.fround(Math.sqrt(nEmbd)),
      };
    },

    tied: (reader) => reader.flag('tie_word_embeddings', true),

    layout(config, tied, reader) {
      const bias = reader.flag('attention_bias', false);
      const layout = llamaLayout(config, tied, {
        qkvBias: bias,
        outputBias: bias,
        mlpBias: false,
        queryKeyNorms: generation === 3,
      });
      return generation === 1 ? layout : withOutputNorms(layout, config.nEmbd);
    },
  };
}

/** Four norms in a block; what Llama calls the norm after attention is that of its output here. */
function withOutputNorms(layout: Layout, nEmbd: number): Layout {
  return {
    ...layout,
    blocks: layout.blocks.map((block, layer) => {
      const named = (name: string) => norm(`layers.${layer}.${name}_layernorm`, nEmbd, false);
      return {
        ...block,
        attentionOutputNorm: named('post_attention'),
        mlpNorm: named('pre_feedforward'),
        mlpOutputNorm: named('post_feedforward'),
      };
    }),
  };
}

function slides(reader: ConfigReader, nLayer: number, name: string): boolean[] {
  const written = slidingLayers(reader, nLayer);
  if (written) return written;
  // As the checkpoints without `layer_types` were trained: every second or sixth layer sees all.
  const every = name === 'gemma2' ? 2 : reader.size('sliding_window_pattern', 6);
  return Array.from({ length: nLayer }, (_, layer) => (layer + 1) % every !== 0);
}
