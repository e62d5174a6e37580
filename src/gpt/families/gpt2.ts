import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { UserError } from '../../protocol/userError';
import type { Activation, GptConfig } from '../config';
import { attentionPattern, fusedAttention, type AttentionShape } from '../stages/attention';
import { learnedPositionEmbedding } from '../stages/embedding';
import { layerNorm } from '../stages/layerNorm';
import { linear } from '../stages/linear';
import { activate } from '../stages/mlp';
import { unembed } from '../stages/unembedding';
import type { Architecture, Family, WeightSpec } from './family';

/**
 * GPT-2 (Radford et al. 2019) with the variants of Hugging Face's `GPT2Config`. Layer norms stand
 * before attention and MLP; both add to the residual stream, one after the other. Linear layers are
 * stored [in, out].
 */
export const gpt2: Family = {
  name: 'gpt2',
  prefix: 'transformer.',
  probe: 'wte.weight',

  readConfig(reader) {
    const nEmbd = reader.size('n_embd');
    const nHead = reader.size('n_head');
    const nLayer = reader.size('n_layer');
    const vocabSize = reader.size('vocab_size');
    if (nEmbd % nHead !== 0) {
      throw new UserError(
        `config.json: n_embd (${nEmbd}) must be a multiple of n_head (${nHead}).`,
      );
    }
    const scale = reader.flag('scale_attn_weights', true) ? 1 / Math.sqrt(nEmbd / nHead) : 1;
    const byLayer = reader.flag('scale_attn_by_inverse_layer_idx', false);
    return {
      family: 'gpt2',
      nLayer,
      nHead,
      nEmbd,
      nInner: reader.size('n_inner', 4 * nEmbd),
      nCtx: reader.size('n_positions'),
      vocabSize,
      layerNormEpsilon: reader.positive('layer_norm_epsilon', 1e-5),
      activation: activationNamed(reader.text('activation_function', 'gelu_new')),
      attentionScale: Array.from({ length: nLayer }, (_, layer) =>
        byLayer ? scale / (layer + 1) : scale,
      ),
      bosTokenId: reader.tokenId('bos_token_id', vocabSize),
    };
  },

  // As `transformers` does: a matrix in the file counts even where config.json says that the
  // embedding serves for both; many files hold a plain copy, though.
  async isTied(reader, checkpoint) {
    const flag = reader.flag('tie_word_embeddings', true);
    if (!flag || !checkpoint.has('lm_head.weight')) return flag;
    return checkpoint.sameData('lm_head.weight', 'wte.weight');
  },

  weights({ nLayer, nEmbd, nInner, nCtx, vocabSize }, tied) {
    const specs: WeightSpec[] = [];
    const add = (component: string, name: string, ...shape: number[]) =>
      specs.push({ component, name, shape });
    add('embedding', 'wte.weight', vocabSize, nEmbd);
    add('position embedding', 'wpe.weight', nCtx, nEmbd);
    for (let layer = 0; layer < nLayer; layer++) {
      const h = `h.${layer}`;
      add('layer norms', `${h}.ln_1.weight`, nEmbd);
      add('layer norms', `${h}.ln_1.bias`, nEmbd);
      add('attention', `${h}.attn.c_attn.weight`, nEmbd, 3 * nEmbd);
      add('attention', `${h}.attn.c_attn.bias`, 3 * nEmbd);
      add('attention', `${h}.attn.c_proj.weight`, nEmbd, nEmbd);
      add('attention', `${h}.attn.c_proj.bias`, nEmbd);
      add('layer norms', `${h}.ln_2.weight`, nEmbd);
      add('layer norms', `${h}.ln_2.bias`, nEmbd);
      add('MLP', `${h}.mlp.c_fc.weight`, nEmbd, nInner);
      add('MLP', `${h}.mlp.c_fc.bias`, nInner);
      add('MLP', `${h}.mlp.c_proj.weight`, nInner, nEmbd);
      add('MLP', `${h}.mlp.c_proj.bias`, nEmbd);
    }
    add('layer norms', 'ln_f.weight', nEmbd);
    add('layer norms', 'ln_f.bias', nEmbd);
    if (!tied) add('unembedding', 'lm_head.weight', vocabSize, nEmbd);
    return specs;
  },

  embedding(g, { weight }, ids) {
    const tokenTable = g.storedWeight(weight('wte.weight'));
    const positionTable = g.storedWeight(weight('wpe.weight'));
    return learnedPositionEmbedding(g, ids, tokenTable, positionTable);
  },

  block(g, model, layer, residPre) {
    const h = `h.${layer}`;
    const [q, k, v] = queryKeyValue(g, model, layer, residPre);
    const z = fusedAttention(g, q, k, v, attentionShape(model.config, layer));
    const attnOut = dense(g, model, `${h}.attn.c_proj`, z);
    const residMid = g.op('Add', [residPre, attnOut]);
    const mlpPre = dense(g, model, `${h}.mlp.c_fc`, norm(g, model, `${h}.ln_2`, residMid));
    const mlpPost = activate(g, mlpPre, model.config.activation);
    const mlpOut = dense(g, model, `${h}.mlp.c_proj`, mlpPost);
    return g.op('Add', [residMid, mlpOut]);
  },

  pattern(g, model, layer, residPre, heads) {
    const [q, k] = queryKeyValue(g, model, layer, residPre);
    return attentionPattern(g, q, k, heads, attentionShape(model.config, layer));
  },

  unembedding(g, model, residFinal) {
    const vectors = g.weight(model.weight(model.tied ? 'wte.weight' : 'lm_head.weight'));
    return unembed(g, norm(g, model, 'ln_f', residFinal), vectors);
  },
};

function queryKeyValue(g: GraphBuilder, model: Architecture, layer: number, residPre: Value) {
  const ln1 = norm(g, model, `h.${layer}.ln_1`, residPre);
  const qkv = dense(g, model, `h.${layer}.attn.c_attn`, ln1); // [n, 3·nEmbd]
  return g.ops('Split', [qkv], 3, { axis: 1n, num_outputs: 3n }) as [Value, Value, Value];
}

function dense(g: GraphBuilder, { weight }: Architecture, name: string, x: Value): Value {
  return linear(g, x, g.weight(weight(`${name}.weight`)), g.weight(weight(`${name}.bias`)));
}

function norm(g: GraphBuilder, { weight, config }: Architecture, name: string, x: Value): Value {
  const gain = g.weight(weight(`${name}.weight`));
  return layerNorm(g, x, gain, g.weight(weight(`${name}.bias`)), config.layerNormEpsilon);
}

function attentionShape(
  { nHead, nEmbd, attentionScale }: GptConfig,
  layer: number,
): AttentionShape {
  return { nHead, nEmbd, scale: attentionScale[layer]! };
}

function activationNamed(name: string): Activation {
  switch (name) {
    case 'gelu_new':
    case 'gelu_fast':
    case 'gelu_pytorch_tanh':
    case 'gelu_python_tanh':
      return 'geluTanh';
    case 'gelu':
    case 'gelu_python':
      return 'gelu';
    case 'relu':
      return 'relu';
    case 'silu':
    case 'swish':
      return 'silu';
    case 'tanh':
      return 'tanh';
    default:
      throw new UserError(
        `config.json: the activation function "${name}" is not supported; ` +
          'gelu_new, gelu, relu, silu and tanh are.',
      );
  }
}
