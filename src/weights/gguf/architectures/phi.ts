import {
  layerNormEpsilon,
  llamaLikeConfig,
  llamaNames,
  rmsNormEpsilon,
  type GgufArchitecture,
} from './architecture';

/** Phi-1, Phi-1.5 and Phi-2. */
export const phi2: GgufArchitecture = {
  names: {
    token_embd: 'model.embed_tokens',
    output_norm: 'model.final_layernorm',
    output: 'lm_head',
    'blk.{}.attn_norm': 'model.layers.{}.input_layernorm',
    'blk.{}.attn_q': 'model.layers.{}.self_attn.q_proj',
    'blk.{}.attn_k': 'model.layers.{}.self_attn.k_proj',
    'blk.{}.attn_v': 'model.layers.{}.self_attn.v_proj',
    'blk.{}.attn_output': 'model.layers.{}.self_attn.dense',
    'blk.{}.ffn_up': 'model.layers.{}.mlp.fc1',
    'blk.{}.ffn_down': 'model.layers.{}.mlp.fc2',
  },
  config: async (contents) => ({
    model_type: 'phi',
    ...(await llamaLikeConfig(contents)),
    layer_norm_eps: layerNormEpsilon(contents.metadata),
    hidden_act: 'gelu_new',
    qk_layernorm: false,
  }),
};

/** Phi-3 and Phi-4, whose Q, K and V are one matrix, and the MLP's gate and up another. */
export const phi3: GgufArchitecture = {
  names: {
    token_embd: llamaNames.token_embd,
    output_norm: llamaNames.output_norm,
    output: llamaNames.output,
    'blk.{}.attn_norm': llamaNames['blk.{}.attn_norm'],
    'blk.{}.attn_qkv': 'model.layers.{}.self_attn.qkv_proj',
    'blk.{}.attn_output': llamaNames['blk.{}.attn_output'],
    'blk.{}.ffn_norm': llamaNames['blk.{}.ffn_norm'],
    'blk.{}.ffn_up': 'model.layers.{}.mlp.gate_up_proj',
    'blk.{}.ffn_down': llamaNames['blk.{}.ffn_down'],
  },
  async config(contents) {
    const { metadata } = contents;
    const config = await llamaLikeConfig(contents);
    const context = metadata.size('{arch}.context_length');
    return {
      model_type: 'phi3',
      ...config,
      ...rmsNormEpsilon(metadata),
      hidden_act: 'silu',
      attention_bias: false,
      original_max_position_embeddings: metadata.size(
        '{arch}.rope.scaling.original_context_length',
        context,
      ),
      sliding_window: metadata.number('{arch}.attention.sliding_window', 0) || null,
    };
  },
};
