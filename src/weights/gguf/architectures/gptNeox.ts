import { layerNormEpsilon, ropeScaling, specialIds, type GgufArchitecture } from './architecture';

/** GPT-NeoX and Pythia. */
export const gptNeox: GgufArchitecture = {
  names: {
    token_embd: 'gpt_neox.embed_in',
    output_norm: 'gpt_neox.final_layer_norm',
    output: 'embed_out',
    'blk.{}.attn_norm': 'gpt_neox.layers.{}.input_layernorm',
    'blk.{}.attn_qkv': 'gpt_neox.layers.{}.attention.query_key_value',
    'blk.{}.attn_output': 'gpt_neox.layers.{}.attention.dense',
    'blk.{}.ffn_norm': 'gpt_neox.layers.{}.post_attention_layernorm',
    'blk.{}.ffn_up': 'gpt_neox.layers.{}.mlp.dense_h_to_4h',
    'blk.{}.ffn_down': 'gpt_neox.layers.{}.mlp.dense_4h_to_h',
  },

  async config(contents) {
    const { metadata, has, rows } = contents;
    const hidden = metadata.size('{arch}.embedding_length');
    const heads = metadata.size('{arch}.attention.head_count');
    return {
      model_type: 'gpt_neox',
      vocab_size: rows('token_embd.weight'),
      max_position_embeddings: metadata.size('{arch}.context_length'),
      hidden_size: hidden,
      intermediate_size: metadata.size('{arch}.feed_forward_length'),
      num_hidden_layers: metadata.size('{arch}.block_count'),
      num_attention_heads: heads,
      layer_norm_eps: layerNormEpsilon(metadata),
      hidden_act: 'gelu',
      rotary_pct: metadata.size('{arch}.rope.dimension_count', hidden / heads) / (hidden / heads),
      rotary_emb_base: metadata.number('{arch}.rope.freq_base', 10000),
      rope_scaling: await ropeScaling(contents),
      use_parallel_residual: metadata.flag('{arch}.use_parallel_residual', true),
      tie_word_embeddings: !has('output.weight'),
      // All queries, then all keys, then all values, instead of the three of each head side by side.
      'gguf:qkv_by_head': false,
      ...specialIds(metadata),
    };
  },
};
