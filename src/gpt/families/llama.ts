import { UserError } from '../../protocol/userError';
import { activationNamed } from './activationNamed';
import type { GptConfig, Rotary } from '../config';
import type { ConfigReader } from '../configReader';
import type { Family } from './family';
import { dense, noExtraNorms, norm, tokenTable, type BlockLayout, type Layout } from './layout';
import { readRotary } from './rotary';
import { newerNames, sharedHeads, usual } from './usual';

/** What the families of Llama's kind differ in. */
interface Options {
  /** Biases of queries, keys and values, and of the attention's output. */
  qkvBias: (reader: ConfigReader) => boolean;
  outputBias: (reader: ConfigReader) => boolean;
  queryKeyNorms: boolean;
  window: (reader: ConfigReader, nLayer: number) => (number | null)[];
  /** What config.json may leave out. */
  whereMissing?: { nCtx: number; originalCtx?: number; epsilon: number };
}

const biasOption = (reader: ConfigReader) => reader.flag('attention_bias', false);
export const never = () => false;

/** Llama (Touvron et al. 2023): also SmolLM, SmolLM2, TinyLlama and many others. */
export const llama = llamaLike('llama', {
  qkvBias: biasOption,
  outputBias: biasOption,
  queryKeyNorms: false,
  window: (_, nLayer) => new Array<null>(nLayer).fill(null),
});

/** Mistral (Jiang et al. 2023): a window of positions. */
export const mistral = llamaLike('mistral', {
  qkvBias: never,
  outputBias: never,
  queryKeyNorms: false,
  window: (reader, nLayer) => windowEverywhere(reader, nLayer, 4096),
});

/** Qwen2 (Yang et al. 2024) and Qwen2.5: biases for queries, keys and values. */
export const qwen2 = llamaLike('qwen2', {
  qkvBias: () => true,
  outputBias: never,
  queryKeyNorms: false,
  window: qwenWindow,
});

/** Qwen3 (Yang et al. 2025): norms of queries and keys. */
export const qwen3 = llamaLike('qwen3', {
  qkvBias: biasOption,
  outputBias: biasOption,
  queryKeyNorms: true,
  window: qwenWindow,
});

/**
 * Pre-norm blocks with RMSNorm (Zhang & Sennrich 2019), rotary positions, grouped-query attention
 * (Ainslie et al. 2023) and a gated MLP (SwiGLU, Shazeer 2020).
 */
export function llamaLike(name: string, options: Options): Family {
  return {
    name,
    prefix: 'model.',
    readConfig: (reader) => readLlamaConfig(reader, name, options),
    tied: (reader) => reader.flag('tie_word_embeddings', false),
    layout: (config, tied, reader) =>
      llamaLayout(config, tied, {
        qkvBias: options.qkvBias(reader),
        outputBias: options.outputBias(reader),
        mlpBias: name === 'llama' && reader.flag('mlp_bias', false),
        queryKeyNorms: options.queryKeyNorms,
      }),
  };
}

function readLlamaConfig(
  reader: ConfigReader,
  family: string,
  { window, whereMissing }: Options,
): GptConfig {
  const sizes = usual(family, reader, newerNames, reader.optionalSize('head_dim'));
  const { nHead, dHead, nLayer } = sizes;
  const { rotary, nCtx } = readRotary(reader, {
    dims: Math.trunc(dHead * reader.rotaryShare(1)),
    theta: 10_000,
    nCtx: reader.size('max_position_embeddings', whereMissing?.nCtx),
    usualOriginal: whereMissing?.originalCtx,
  });
  const pairs = reader.flag('gguf:rope_interleaved', false) ? 'neighbours' : 'halves';
  return {
    ...sizes,
    nKvHead: sharedHeads(reader, nHead),
    nInner: reader.size('intermediate_size'),
    nCtx,
    norm: 'rmsNorm',
    layerNormEpsilon: reader.positive('rms_norm_eps', whereMissing?.epsilon ?? 1e-6),
    activation: activationNamed(reader.text('hidden_act', 'silu')),
    attentionWindow: window(reader, nLayer),
    rotary: new Array<Rotary>(nLayer).fill({ ...rotary, pairs }),
  };
}

/** The layout that Llama's kind and Gemma share. */
export function llamaLayout(
  { nLayer, nHead, nKvHead, dHead, nEmbd, nInner, vocabSize }: GptConfig,
  tied: boolean,
  has: { qkvBias: boolean; outputBias: boolean; mlpBias: boolean; queryKeyNorms: boolean },
): Layout {
  const [width, kvWidth] = [nHead * dHead, nKvHead * dHead];
  const block = (layer: number): BlockLayout => {
    const h = `layers.${layer}`;
    const attention = `${h}.self_attn`;
    return {
      ...noExtraNorms,
      attentionNorm: norm(`${h}.input_layernorm`, nEmbd, false),
      projection: {
        kind: 'separate',
        q: dense(`${attention}.q_proj`, 'outIn', nEmbd, [['Q', width]], has.qkvBias),
        k: dense(`${attention}.k_proj`, 'outIn', nEmbd, [['K', kvWidth]], has.qkvBias),
        v: dense(`${attention}.v_proj`, 'outIn', nEmbd, [['V', kvWidth]], has.qkvBias),
      },
      queryNorm: has.queryKeyNorms ? norm(`${attention}.q_norm`, dHead, false) : null,
      keyNorm: has.queryKeyNorms ? norm(`${attention}.k_norm`, dHead, false) : null,
      attentionOutput: dense(
        `${attention}.o_proj`,
        'outIn',
        width,
        [['attention output', nEmbd]],
        has.outputBias,
      ),
      mlpNorm: norm(`${h}.post_attention_layernorm`, nEmbd, false),
      mlpInput: {
        kind: 'gated',
        gate: dense(`${h}.mlp.gate_proj`, 'outIn', nEmbd, [['MLP gate', nInner]], has.mlpBias),
        up: dense(`${h}.mlp.up_proj`, 'outIn', nEmbd, [['MLP up', nInner]], has.mlpBias),
      },
      mlpOutput: dense(`${h}.mlp.down_proj`, 'outIn', nInner, [['MLP down', nEmbd]], has.mlpBias),
    };
  };
  return {
    tokenEmbedding: tokenTable('embed_tokens.weight', 'embedding', vocabSize, nEmbd),
    positionEmbedding: null,
    blocks: Array.from({ length: nLayer }, (_, layer) => block(layer)),
    finalNorm: norm('norm', nEmbd, false),
    unembedding: tied ? null : tokenTable('lm_head.weight', 'unembedding', vocabSize, nEmbd),
    unembeddingBias: null,
  };
}

/** Whether a layer attends to a window, as `layer_types` says; null where the file does not. */
export function slidingLayers(reader: ConfigReader, nLayer: number): boolean[] | null {
  const types = reader.list('layer_types');
  if (!types) return null;
  const known = types.every((type) => type === 'sliding_attention' || type === 'full_attention');
  if (!known || types.length !== nLayer) {
    throw new UserError(
      `${reader.place}: "layer_types" must name "full_attention" or "sliding_attention" for each of ` +
        `the ${nLayer} layers; other kinds of attention are not supported.`,
    );
  }
  return types.map((type) => type === 'sliding_attention');
}

/** One window for all layers, or none: `usual` where config.json does not say, not even null. */
export function windowEverywhere(
  reader: ConfigReader,
  nLayer: number,
  usual: number | null = null,
): (number | null)[] {
  return new Array<number | null>(nLayer).fill(reader.optionalSize('sliding_window', usual));
}

function qwenWindow(reader: ConfigReader, nLayer: number): (number | null)[] {
  const used = reader.flag('use_sliding_window', false);
  const size = used ? reader.optionalSize('sliding_window', 4096) : null;
  const fromLayer = reader.count('max_window_layers', 28);
  const sliding = slidingLayers(reader, nLayer);
  return Array.from({ length: nLayer }, (_, layer) =>
    (sliding ? sliding[layer] : layer >= fromLayer) ? size : null,
  );
}
