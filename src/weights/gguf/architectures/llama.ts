import {
  headNormNames,
  llamaLikeConfig,
  llamaNames,
  rmsNormEpsilon,
  type GgufArchitecture,
} from './architecture';

/** Llama, SmolLM, TinyLlama, Mistral: llama.cpp calls them all `llama`. */
export const llama: GgufArchitecture = {
  names: llamaNames,
  config: async (contents) => ({
    model_type: 'llama',
    ...(await llamaLikeConfig(contents)),
    ...rmsNormEpsilon(contents.metadata),
    hidden_act: 'silu',
    attention_bias: contents.has('blk.0.attn_q.bias') || contents.has('blk.0.attn_qkv.bias'),
    mlp_bias: contents.has('blk.0.ffn_gate.bias'),
    // llama.cpp puts the rows of W_Q and W_K so that a rotation turns neighbours, 2i and 2i + 1,
    // where Hugging Face turns i and i + dHead / 2.
    'gguf:rope_interleaved': true,
  }),
};

export const qwen2: GgufArchitecture = {
  names: llamaNames,
  config: async (contents) => ({
    model_type: 'qwen2',
    ...(await llamaLikeConfig(contents)),
    ...rmsNormEpsilon(contents.metadata),
    hidden_act: 'silu',
    use_sliding_window: false,
  }),
};

export const qwen3: GgufArchitecture = {
  names: { ...llamaNames, ...headNormNames },
  config: async (contents) => ({
    model_type: 'qwen3',
    ...(await llamaLikeConfig(contents)),
    ...rmsNormEpsilon(contents.metadata),
    hidden_act: 'silu',
    attention_bias: false,
    use_sliding_window: false,
  }),
};
