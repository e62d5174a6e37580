import type { PlacedTensor, Weights } from '../weights/weights';
import { ConfigReader } from './configReader';

/**
 * Models trained with Karpathy's nanoGPT (https://github.com/karpathy/nanoGPT), whose state dict was
 * saved as safetensors beside a config.json of the arguments of its `GPTConfig`. They are GPT-2's
 * with other names for the sizes, linear layers stored as [out, in], and biases as an option.
 */
export function isNanoGpt(reader: ConfigReader): boolean {
  return !reader.has('model_type') && reader.has('block_size') && reader.has('n_embd');
}

/** The same in the words of GPT-2's config.json. */
export function nanoGptConfig(reader: ConfigReader): ConfigReader {
  return ConfigReader.of({
    model_type: 'gpt2',
    n_layer: reader.size('n_layer', undefined, 10_000),
    n_head: reader.size('n_head'),
    n_embd: reader.size('n_embd'),
    n_positions: reader.size('block_size'),
    vocab_size: reader.size('vocab_size'),
    activation_function: 'gelu', // torch's nn.GELU(), not the approximation
    tie_word_embeddings: true,
    'nanogpt:bias': reader.flag('bias', true),
    name: reader.text('name', ''),
  });
}

/** The weights by GPT-2's names and in its shapes. */
export function nanoGptWeights(weights: Weights): Weights {
  const tensors = new Map<string, PlacedTensor>();
  for (const tensor of weights.tensors.values()) {
    // What torch.compile puts in front.
    const name = tensor.name.replace(/^_orig_mod\./, '');
    const turned = /\.(c_attn|c_proj|c_fc)\.weight$/.test(name) && tensor.shape.length === 2;
    tensors.set(
      name,
      turned
        ? { ...tensor, name, shape: tensor.shape.toReversed(), transposed: true }
        : { ...tensor, name },
    );
  }
  // One matrix has both names; a file may have kept either.
  const [embedding, unembedding] = ['transformer.wte.weight', 'lm_head.weight'];
  const kept = tensors.get(unembedding);
  if (kept && !tensors.has(embedding)) tensors.set(embedding, { ...kept, name: embedding });
  tensors.delete(unembedding);
  return { ...weights, tensors };
}
