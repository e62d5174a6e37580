import { layerNormEpsilon, specialIds, type GgufArchitecture } from './architecture';

export const gpt2: GgufArchitecture = {
  names: {
    token_embd: 'transformer.wte',
    position_embd: 'transformer.wpe',
    output_norm: 'transformer.ln_f',
    output: 'lm_head',
    'blk.{}.attn_norm': 'transformer.h.{}.ln_1',
    'blk.{}.attn_qkv': 'transformer.h.{}.attn.c_attn',
    'blk.{}.attn_output': 'transformer.h.{}.attn.c_proj',
    'blk.{}.ffn_norm': 'transformer.h.{}.ln_2',
    'blk.{}.ffn_up': 'transformer.h.{}.mlp.c_fc',
    'blk.{}.ffn_down': 'transformer.h.{}.mlp.c_proj',
  },
  transposed: ['blk.{}.attn_qkv', 'blk.{}.attn_output', 'blk.{}.ffn_up', 'blk.{}.ffn_down'],

  config: ({ metadata, has, rows }) =>
    Promise.resolve({
      model_type: 'gpt2',
      vocab_size: rows('token_embd.weight'),
      n_positions: metadata.size('{arch}.context_length'),
      n_embd: metadata.size('{arch}.embedding_length'),
      n_layer: metadata.size('{arch}.block_count'),
      n_head: metadata.size('{arch}.attention.head_count'),
      n_inner: metadata.size('{arch}.feed_forward_length'),
      layer_norm_epsilon: layerNormEpsilon(metadata),
      activation_function: 'gelu_new',
      tie_word_embeddings: !has('output.weight'),
      ...specialIds(metadata),
    }),
};
