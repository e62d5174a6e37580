import {
  headNormNames,
  layerTypes,
  llamaLikeConfig,
  llamaNames,
  rmsNormEpsilon,
  type GgufArchitecture,
  type GgufContents,
} from './architecture';

/** Norms before and after each half of a block, as Gemma 2 and 3 have them. */
const fourNorms = {
  'blk.{}.post_attention_norm': 'model.layers.{}.post_attention_layernorm',
  'blk.{}.ffn_norm': 'model.layers.{}.pre_feedforward_layernorm',
  'blk.{}.post_ffw_norm': 'model.layers.{}.post_feedforward_layernorm',
} as const;

async function gemmaConfig(contents: GgufContents) {
  return {
    ...(await llamaLikeConfig(contents)),
    ...rmsNormEpsilon(contents.metadata),
    hidden_act: 'gelu_pytorch_tanh',
    hidden_activation: 'gelu_pytorch_tanh',
    attention_bias: false,
    // Gemma multiplies by 1 + weight; llama.cpp stores that sum.
    'gguf:norm_gains_complete': true,
  };
}

export const gemma: GgufArchitecture = {
  names: llamaNames,
  config: async (contents) => ({ model_type: 'gemma', ...(await gemmaConfig(contents)) }),
};

export const gemma2: GgufArchitecture = {
  names: { ...llamaNames, ...fourNorms },
  async config(contents) {
    const { metadata } = contents;
    const config = await gemmaConfig(contents);
    return {
      model_type: 'gemma2',
      ...config,
      attn_logit_softcapping: metadata.number('{arch}.attn_logit_softcapping', 50),
      final_logit_softcapping: metadata.number('{arch}.final_logit_softcapping', 30),
      sliding_window: metadata.size('{arch}.attention.sliding_window', 4096),
      layer_types: layerTypes(metadata, 2),
      query_pre_attn_scalar: queryScalar(config, 46),
    };
  },
};

export const gemma3: GgufArchitecture = {
  names: { ...llamaNames, ...fourNorms, ...headNormNames },
  async config(contents) {
    const { metadata } = contents;
    const config = await gemmaConfig(contents);
    const softcap = metadata.number('{arch}.final_logit_softcapping', 0);
    const window = metadata.number('{arch}.attention.sliding_window', 0);
    const layers = metadata.size('{arch}.block_count');
    return {
      model_type: 'gemma3_text',
      ...config,
      attn_logit_softcapping: null,
      final_logit_softcapping: softcap || null,
      ...(window > 0
        ? { sliding_window: window, layer_types: layerTypes(metadata, 6) }
        : { layer_types: new Array<string>(layers).fill('full_attention') }),
      rope_local_base_freq: metadata.number('{arch}.rope.freq_base_swa', 10000),
      query_pre_attn_scalar: queryScalar(config, 62),
    };
  },
};

/**
 * What the scores are divided by the root of, which GGUF does not say: the head's width, but in the
 * models of 27 billion parameters, known by their layers, the residual stream's share of a head.
 */
function queryScalar(config: Awaited<ReturnType<typeof gemmaConfig>>, layersOf27b: number): number {
  const { num_hidden_layers, hidden_size, num_attention_heads, head_dim } = config as unknown as {
    [key: string]: number;
  };
  return num_hidden_layers === layersOf27b ? hidden_size! / num_attention_heads! : head_dim!;
}
