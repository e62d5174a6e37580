import type { Rotary } from '../config';
import { activationNamed } from './activationNamed';
import type { Family } from './family';
import { dense, type BlockLayout } from './layout';
import { llamaLayout } from './llama';
import { readRotary } from './rotary';
import { uniform } from './uniform';

/** Phi-3 and Phi-4 (Abdin et al. 2024): as Llama, with queries, keys and values in one matrix. */
export const phi3: Family = {
  name: 'phi3',
  prefix: 'model.',

  readConfig(reader) {
    const nEmbd = reader.size('hidden_size');
    const nHead = reader.divisor('num_attention_heads', nEmbd, 'hidden_size');
    const nLayer = reader.size('num_hidden_layers', undefined, 10_000);
    const vocabSize = reader.size('vocab_size');
    const dHead = nEmbd / nHead;
    const { rotary, nCtx } = readRotary(reader, {
      dims: Math.trunc(dHead * reader.rotaryShare(1)),
      theta: 10_000,
      nCtx: reader.size('max_position_embeddings', 4096),
    });
    return {
      ...uniform(nLayer),
      family: 'phi3',
      nLayer,
      nHead,
      nKvHead: reader.divisor('num_key_value_heads', nHead, 'num_attention_heads', nHead),
      dHead,
      nEmbd,
      nInner: reader.size('intermediate_size'),
      nCtx,
      vocabSize,
      norm: 'rmsNorm',
      layerNormEpsilon: reader.positive('rms_norm_eps', 1e-5),
      activation: activationNamed(reader.text('hidden_act', 'silu')),
      attentionScale: new Array<number>(nLayer).fill(1 / Math.sqrt(dHead)),
      attentionWindow: new Array<number | null>(nLayer).fill(reader.optionalSize('sliding_window')),
      rotary: new Array<Rotary>(nLayer).fill(rotary),
      bosTokenId: reader.tokenId('bos_token_id', vocabSize),
    };
  },

  tied: (reader) => reader.flag('tie_word_embeddings', false),

  layout(config, tied) {
    const { nHead, nKvHead, dHead, nEmbd, nInner } = config;
    const has = { qkvBias: false, outputBias: false, mlpBias: false, queryKeyNorms: false };
    const layout = llamaLayout(config, tied, has);
    const [width, kvWidth] = [nHead * dHead, nKvHead * dHead];
    const blocks = layout.blocks.map((block, layer): BlockLayout => {
      const h = `layers.${layer}`;
      return {
        ...block,
        projection: {
          kind: 'sideBySide',
          qkv: dense(
            `${h}.self_attn.qkv_proj`,
            'outIn',
            nEmbd,
            [
              ['Q', width],
              ['K', kvWidth],
              ['V', kvWidth],
            ],
            false,
          ),
        },
        mlpInput: {
          kind: 'gatedSideBySide',
          gateUp: dense(
            `${h}.mlp.gate_up_proj`,
            'outIn',
            nEmbd,
            [
              ['MLP gate', nInner],
              ['MLP up', nInner],
            ],
            false,
          ),
        },
      };
    });
    return { ...layout, blocks };
  },
};
