import type { GgufMetadata } from '../metadata';

/**
 * A config.json, with Hugging Face's keys; and, behind `gguf:`, with what there is no such key for. A
 * config.json in a folder has none of these: transformers would pass over `rope_interleaved`, which some
 * have.
 */
export type HuggingFaceConfig = Record<string, unknown>;

/** What a file holds beside its metadata. */
export interface GgufContents {
  metadata: GgufMetadata;
  /** Whether the file has a tensor, by ggml's name. */
  has: (tensor: string) => boolean;
  /** The rows of a tensor. */
  rows: (tensor: string) => number;
  /** The numbers of a small F32 tensor, or null where the file has none of this name. */
  factors: (tensor: string) => Promise<number[] | null>;
}

/**
 * How one architecture of llama.cpp is called by Hugging Face. The names are those of the package
 * `gguf` (`constants.py`, `tensor_mapping.py`); what else the conversion changes is in llama.cpp's
 * `conversion` folder.
 */
export interface GgufArchitecture {
  /**
   * Hugging Face's names by ggml's, without `.weight` and `.bias` at the end; `{}` is the layer.
   */
  names: Readonly<Record<string, string>>;
  /** Matrices, by ggml's name, that Hugging Face stores as [in, out] and GGUF as [out, in]. */
  transposed?: readonly string[];
  config(contents: GgufContents): Promise<HuggingFaceConfig>;
}

/** ggml's names of tensors that nearly all architectures have, with Llama's on Hugging Face. */
export const llamaNames = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
  'blk.{}.attn_norm': 'model.layers.{}.input_layernorm',
  'blk.{}.attn_q': 'model.layers.{}.self_attn.q_proj',
  'blk.{}.attn_k': 'model.layers.{}.self_attn.k_proj',
  'blk.{}.attn_v': 'model.layers.{}.self_attn.v_proj',
  'blk.{}.attn_output': 'model.layers.{}.self_attn.o_proj',
  'blk.{}.ffn_norm': 'model.layers.{}.post_attention_layernorm',
  'blk.{}.ffn_gate': 'model.layers.{}.mlp.gate_proj',
  'blk.{}.ffn_up': 'model.layers.{}.mlp.up_proj',
  'blk.{}.ffn_down': 'model.layers.{}.mlp.down_proj',
} as const;

/** Q and K norms of each head, as Qwen3 and Gemma 3 have them. */
export const headNormNames = {
  'blk.{}.attn_q_norm': 'model.layers.{}.self_attn.q_norm',
  'blk.{}.attn_k_norm': 'model.layers.{}.self_attn.k_norm',
} as const;

/** The part of a config.json that all families with Llama's keys have in common. */
export async function llamaLikeConfig(contents: GgufContents): Promise<HuggingFaceConfig> {
  const { metadata, has } = contents;
  if (metadata.number('{arch}.expert_count', 0) > 0) {
    throw metadata.refuse(
      'holds a mixture of experts, which is not supported. Choose another model.',
    );
  }
  const hidden = metadata.size('{arch}.embedding_length');
  const heads = metadata.size('{arch}.attention.head_count');
  const headDim = metadata.size('{arch}.attention.key_length', hidden / heads);
  const rotary = metadata.size('{arch}.rope.dimension_count', headDim);
  if (metadata.size('{arch}.attention.value_length', headDim) !== headDim) {
    throw metadata.refuse('has values of another width than its keys, which is not supported.');
  }
  return {
    vocab_size: contents.rows('token_embd.weight'),
    hidden_size: hidden,
    intermediate_size: metadata.size('{arch}.feed_forward_length'),
    num_hidden_layers: metadata.size('{arch}.block_count'),
    num_attention_heads: heads,
    num_key_value_heads: metadata.size('{arch}.attention.head_count_kv', heads),
    head_dim: headDim,
    max_position_embeddings: metadata.size('{arch}.context_length'),
    rope_theta: metadata.number('{arch}.rope.freq_base', 10000),
    ...(rotary === headDim ? {} : { partial_rotary_factor: rotary / headDim }),
    rope_scaling: await ropeScaling(contents),
    tie_word_embeddings: !has('output.weight'),
    ...specialIds(metadata),
  };
}

/** RMSNorm's epsilon, by Hugging Face's name. */
export function rmsNormEpsilon(metadata: GgufMetadata): HuggingFaceConfig {
  return { rms_norm_eps: metadata.number('{arch}.attention.layer_norm_rms_epsilon') };
}

export function layerNormEpsilon(metadata: GgufMetadata): number {
  return metadata.number('{arch}.attention.layer_norm_epsilon');
}

export function specialIds(metadata: GgufMetadata): HuggingFaceConfig {
  const ids: HuggingFaceConfig = {};
  for (const end of ['bos', 'eos']) {
    const key = `tokenizer.ggml.${end}_token_id`;
    if (metadata.has(key)) ids[`${end}_token_id`] = metadata.number(key);
  }
  return ids;
}

/** `rope_scaling` of a config.json; null where positions are rotated as they are. */
export async function ropeScaling(contents: GgufContents): Promise<HuggingFaceConfig | null> {
  const { metadata } = contents;
  const context = metadata.size('{arch}.context_length');
  const original = metadata.size('{arch}.rope.scaling.original_context_length', context);
  const attention = metadata.number('{arch}.rope.scaling.attn_factor', 1);
  // The second is the first's older name; 0 is none.
  const factor =
    metadata.number('{arch}.rope.scaling.factor', 0) ||
    metadata.number('{arch}.rope.scale_linear', 0) ||
    1;
  const type = metadata.text('{arch}.rope.scaling.type', factor === 1 ? 'none' : 'linear');

  // Llama 3's scaling comes as one factor for each frequency; LongRoPE has two such lists.
  const factors = await contents.factors('rope_freqs.weight');
  const short = await contents.factors('rope_factors_short.weight');
  const long = await contents.factors('rope_factors_long.weight');
  if (short && long) {
    return {
      rope_type: 'longrope',
      short_factor: short,
      long_factor: long,
      original_max_position_embeddings: original,
      factor: context / original,
      attention_factor: attention,
    };
  }
  if (attention !== 1 && type !== 'yarn') {
    throw metadata.refuse('scales its attention without YaRN, which is not supported.');
  }
  if (factors && (type === 'none' || type === 'linear')) {
    const slower = type === 'linear' ? factor : 1;
    return { rope_type: 'factors', factors: factors.map((each) => each * slower) };
  }
  switch (factors ? `${type} and a factor for each frequency` : type) {
    case 'none':
      return null;
    case 'linear':
      return factor === 1 ? null : { rope_type: 'linear', factor };
    case 'yarn':
      return {
        rope_type: 'yarn',
        factor,
        original_max_position_embeddings: original,
        beta_fast: metadata.number('{arch}.rope.scaling.yarn_beta_fast', 32),
        beta_slow: metadata.number('{arch}.rope.scaling.yarn_beta_slow', 1),
        attention_factor: attention * yarnMagnitude(metadata, factor),
      };
    default:
      throw metadata.refuse(`scales its positions by "${type}", which is not supported.`);
  }
}

/**
 * What YaRN multiplies turned features by.
 *
 * @throws {UserError} where the file has it turn them otherwise than by the paper.
 */
function yarnMagnitude(metadata: GgufMetadata, factor: number): number {
  // Below 0 is as the paper has it.
  const mixing = metadata.number('{arch}.rope.scaling.yarn_ext_factor', -1);
  const own = metadata.number('{arch}.rope.scaling.yarn_attn_factor', 1);
  const weight = metadata.number('{arch}.rope.scaling.yarn_log_multiplier', 0);
  if ((mixing >= 0 && mixing !== 1) || own !== 1 || weight !== 0) {
    throw metadata.refuse('has a kind of YaRN of its own, which is not supported.');
  }
  return factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
}

/**
 * Which layers attend to a window, as `layer_types` of a config.json: by a flag for each layer, or
 * every layer but each `period`-th.
 */
export function layerTypes(metadata: GgufMetadata, usualPeriod: number): string[] {
  const key = '{arch}.attention.sliding_window_pattern';
  const layers = metadata.size('{arch}.block_count');
  const slides = metadata.isList(key)
    ? metadata.numbers(key).map((flag) => flag !== 0)
    : slidingBut(metadata.size(key, usualPeriod), layers);
  if (slides.length !== layers) {
    throw metadata.refuse(
      `has ${layers} layers, but says of ${slides.length} whether they attend to a window. ` +
        'Download it again.',
    );
  }
  return slides.map((slides) => (slides ? 'sliding_attention' : 'full_attention'));
}

function slidingBut(period: number, layers: number): boolean[] {
  return Array.from({ length: layers }, (_, layer) => (layer + 1) % period !== 0);
}
