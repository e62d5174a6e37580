import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { UserError } from '../../protocol/userError';
import type { Activation } from '../config';
import { absorbedAttention } from '../stages/absorbedAttention';
import { learnedPositionEmbedding } from '../stages/embedding';
import { centred, layerNorm, layerNormScale } from '../stages/layerNorm';
import { linear } from '../stages/linear';
import { activate } from '../stages/mlp';
import { unembed } from '../stages/unembedding';
import type { Architecture, Component, Family, WeightSpec } from './family';

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
    const nLayer = reader.size('n_layer', undefined, 10_000);
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
    if (!flag || !checkpoint?.has('lm_head.weight')) return flag;
    return checkpoint.sameData('lm_head.weight', 'wte.weight');
  },

  weights({ nLayer, nEmbd, nInner, nCtx, vocabSize }, tied) {
    const specs: WeightSpec[] = [];
    const add = (component: Component, name: string, ...shape: number[]) =>
      specs.push({ components: [component], name, shape });
    const addDense = (components: Component[], name: string, from: number, to: number) =>
      specs.push(
        { components, name: `${name}.weight`, shape: [from, to] },
        { components, name: `${name}.bias`, shape: [to] },
      );
    const addNorm = (name: string) => {
      add('layer norms', `${name}.weight`, nEmbd);
      add('layer norms', `${name}.bias`, nEmbd);
    };
    add('embedding', 'wte.weight', vocabSize, nEmbd);
    add('position embedding', 'wpe.weight', nCtx, nEmbd);
    for (let layer = 0; layer < nLayer; layer++) {
      const h = `h.${layer}`;
      addNorm(`${h}.ln_1`);
      addDense(['Q', 'K', 'V'], `${h}.attn.c_attn`, nEmbd, 3 * nEmbd);
      addDense(['attention output'], `${h}.attn.c_proj`, nEmbd, nEmbd);
      addNorm(`${h}.ln_2`);
      addDense(['MLP up'], `${h}.mlp.c_fc`, nEmbd, nInner);
      addDense(['MLP down'], `${h}.mlp.c_proj`, nInner, nEmbd);
    }
    addNorm('ln_f');
    if (!tied) add('unembedding', 'lm_head.weight', vocabSize, nEmbd);
    return specs;
  },

  embedding(g, { weight }, ids, positions) {
    const tokenTable = g.storedWeight(weight('wte.weight'));
    const positionTable = g.storedWeight(weight('wpe.weight'));
    return learnedPositionEmbedding(g, ids, tokenTable, positionTable, positions);
  },

  attentionShape({ nHead, nEmbd, attentionScale }, layer) {
    return { nHead, dHead: nEmbd / nHead, scale: attentionScale[layer]! };
  },

  queryKeyValue(g, model, layer, residPre) {
    const ln1 = norm(g, model, `h.${layer}.ln_1`, residPre);
    const qkv = dense(g, model, `h.${layer}.attn.c_attn`, ln1); // [n, 3·nEmbd]
    return thirds(g, qkv);
  },

  attentionAt(g, model, layer, residPre, position) {
    const name = `h.${layer}.attn.c_attn`;
    const [wQ, wK, wV] = thirds(g, g.weight(model.weight(`${name}.weight`))); // [nEmbd, nEmbd]
    const bias = g.reshape(g.weight(model.weight(`${name}.bias`)), [1, -1]);
    const [bQ, , bV] = thirds(g, bias); // [1, nEmbd]
    const ln1 = norm(g, model, `h.${layer}.ln_1`, residPre);
    const shape = this.attentionShape(model.config, layer);
    return absorbedAttention(g, ln1, position, { wQ, bQ, wK, wV, bV }, shape);
  },

  attentionOutput(g, model, layer) {
    const { nHead, dHead } = this.attentionShape(model.config, layer);
    const name = `h.${layer}.attn.c_proj`;
    const weight = g.weight(model.weight(`${name}.weight`)); // [nHead · dHead, nEmbd]
    return {
      perHead: g.reshape(weight, [nHead, dHead, -1]),
      bias: g.weight(model.weight(`${name}.bias`)),
    };
  },

  attnOut(g, model, layer, z) {
    return dense(g, model, `h.${layer}.attn.c_proj`, z);
  },

  mlpNeurons(g, model, layer, residMid) {
    const ln2 = norm(g, model, `h.${layer}.ln_2`, residMid);
    const mlpPre = dense(g, model, `h.${layer}.mlp.c_fc`, ln2);
    return { mlpPre, mlpPost: activate(g, mlpPre, model.config.activation) };
  },

  mlpOut(g, model, layer, mlpPost) {
    return dense(g, model, `h.${layer}.mlp.c_proj`, mlpPost);
  },

  neuronOutputs(model, layer) {
    return model.weight(`h.${layer}.mlp.c_proj.weight`);
  },

  finalNorm(g, model, residFinal) {
    return norm(g, model, 'ln_f', residFinal);
  },

  logits(g, model, normalised) {
    return unembed(g, normalised, g.weight(this.tokenVectors(model, 'unembedding')));
  },

  logitsOfDirection(g, model, rows) {
    const gain = g.weight(model.weight('ln_f.weight'));
    return this.logits(g, model, g.op('Mul', [centred(g, rows), gain]));
  },

  logitDirections(g, model, residFinal, ids) {
    const gain = g.weight(model.weight('ln_f.weight'));
    const bias = g.weight(model.weight('ln_f.bias'));
    const table = g.storedWeight(this.tokenVectors(model, 'unembedding'));
    const vectors = g.cast(g.op('Gather', [table, ids], { axis: 0n }), 'F32'); // [t, nEmbd]
    const scale = layerNormScale(g, residFinal, model.config.layerNormEpsilon); // [1, 1]
    return {
      // Taking the mean out of x, as the norm does, is taking it out of what x is multiplied with.
      direction: g.op('Div', [centred(g, g.op('Mul', [vectors, gain])), scale]),
      constant: g.op('ReduceSum', [g.op('Mul', [vectors, bias]), g.constant('I64', [-1])], {
        keepdims: 0n,
      }),
    };
  },

  tokenVectors({ weight, tied }, matrix) {
    return weight(matrix === 'embedding' || tied ? 'wte.weight' : 'lm_head.weight');
  },
};

/** The parts for queries, keys and values, which GPT-2 stores side by side. */
function thirds(g: GraphBuilder, side: Value) {
  return g.ops('Split', [side], 3, { axis: 1n, num_outputs: 3n }) as [Value, Value, Value];
}

function dense(g: GraphBuilder, { weight }: Architecture, name: string, x: Value): Value {
  return linear(g, x, g.weight(weight(`${name}.weight`)), g.weight(weight(`${name}.bias`)));
}

function norm(g: GraphBuilder, { weight, config }: Architecture, name: string, x: Value): Value {
  const gain = g.weight(weight(`${name}.weight`));
  return layerNorm(g, x, gain, g.weight(weight(`${name}.bias`)), config.layerNormEpsilon);
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
