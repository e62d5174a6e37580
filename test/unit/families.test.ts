import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigReader } from '../../src/gpt/configReader';
import { describeConfig } from '../../src/gpt/describeConfig';
import { familyOf } from '../../src/gpt/families/registry';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-families-'));
afterAll(() => rmSync(root, { recursive: true }));

const llama = {
  model_type: 'llama',
  vocab_size: 101,
  hidden_size: 16,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_hidden_layers: 2,
  intermediate_size: 24,
  max_position_embeddings: 4096,
};
const opt = {
  model_type: 'opt',
  vocab_size: 101,
  hidden_size: 16,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  ffn_dim: 24,
  max_position_embeddings: 32,
};
const neo = {
  model_type: 'gpt_neo',
  vocab_size: 101,
  hidden_size: 16,
  num_heads: 4,
  num_layers: 2,
  max_position_embeddings: 32,
};
const phi = { ...llama, model_type: 'phi' };
const gemma = { ...llama, model_type: 'gemma3_text', head_dim: 4 };
const gptj = {
  model_type: 'gptj',
  vocab_size: 101,
  n_embd: 16,
  n_head: 4,
  n_layer: 1,
  n_positions: 32,
  rotary_dim: 4,
};

describe('a configuration', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['of OPT that normalises afterwards', { ...opt, do_layer_norm_before: false }, /OPT-350M/],
    ['of OPT with a projection', { ...opt, word_embed_proj_dim: 8 }, /word_embed_proj_dim/],
    ['of OPT without a final norm', { ...opt, _remove_final_layer_norm: true }, /no final/],
    ['of Phi with norms of queries', { ...phi, qk_layernorm: true }, /qk_layernorm/],
    ['with heads that do not share evenly', { ...llama, num_key_value_heads: 3 }, /multiple of num_key_value_heads/], // prettier-ignore
    ['with an odd number of turned features', { ...llama, head_dim: 5 }, /even number/],
    ['that turns more than a head has', { ...gptj, rotary_dim: 6 }, /at most the length/],
    ['with an unknown kind of rotary scaling', { ...llama, rope_scaling: { rope_type: 'spiral', factor: 2 } }, /"spiral"/], // prettier-ignore
    ['with rotary scaling without a factor', { ...llama, rope_scaling: { type: 'linear' } }, /"factor" .* missing/], // prettier-ignore
    ['with rotary scaling that is no object', { ...llama, rope_scaling: 'linear' }, /an object/],
    ['with too few factors', { ...llama, rope_scaling: { type: 'longrope', short_factor: [1] } }, /2 numbers/], // prettier-ignore
    ['with a part above the whole', { ...phi, partial_rotary_factor: 1.5 }, /at most 1/],
    ['with another kind of attention', { ...llama, model_type: 'qwen2', layer_types: ['linear_attention', 'full_attention'] }, /other kinds/], // prettier-ignore
    ['with too few kinds of attention', { ...llama, model_type: 'qwen3', layer_types: ['full_attention'] }, /each of the 2/], // prettier-ignore
    ['of GPT-Neo with attention for too many layers', { ...neo, attention_types: [[['global'], 3]] }, /each of the 2/], // prettier-ignore
    ['of GPT-Neo with attention in no list', { ...neo, attention_types: [3] }, /attention_types/],
    ['of an unknown family', { ...llama, model_type: 'mamba' }, /"mamba"/],
    ['with code of its own', { ...llama, model_type: 'custom', auto_map: { AutoModelForCausalLM: 'model.Custom' } }, /never runs/], // prettier-ignore
    ['with an unknown activation', { ...llama, hidden_act: 'quick_gelu' }, /"quick_gelu"/],
    ['of Gemma that looks ahead', { ...gemma, use_bidirectional_attention: true }, /looks ahead.*next token/], // prettier-ignore
    ['of GPT-J without the width that is turned', { ...gptj, rotary_dim: undefined }, /"rotary_dim" \(64\)/], // prettier-ignore
    ['of 1e9 layers', { ...llama, num_hidden_layers: 1e9 }, /at most 10000/],
  ])('%s is refused in a sentence', (_, config, expected) => {
    const describe = () => describeConfig(ConfigReader.of(config), 'a model');
    expect(describe).toThrow(UserError);
    expect(describe).toThrow(expected);
  });

  it('reads the newer and the older spelling of rotary positions alike', () => {
    const rotaryOf = (change: object) => {
      const reader = ConfigReader.of({ ...llama, ...change });
      return familyOf(reader).readConfig(reader).rotary;
    };
    const scaling = {
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 64,
    };
    expect(rotaryOf({ rope_theta: 500, rope_scaling: { type: 'llama3', ...scaling } })).toEqual(
      rotaryOf({ rope_parameters: { rope_type: 'llama3', rope_theta: 500, ...scaling } }),
    );
  });

  /** As `transformers` 5.23 reads the same: its configuration classes, and what they take for granted. */
  describe('means what it means to transformers', () => {
    const configOf = (config: object) => {
      const reader = ConfigReader.of(config);
      return familyOf(reader).readConfig(reader);
    };
    const [first, second] = [0, 1].map(
      (pair) => (config: object) => configOf(config).rotary[0]!.inverseFrequencies[pair]!,
    ) as [(config: object) => number, (config: object) => number];

    it('where Gemma 2 and 3 name the exact activation function', () => {
      const named = { ...gemma, hidden_activation: 'gelu' };
      expect(configOf(named).activation).toBe('gelu');
      expect(configOf({ ...named, model_type: 'gemma2' }).activation).toBe('gelu');
      // The first checkpoints of the first Gemma meant the other.
      const old = { ...gemma, model_type: 'gemma', hidden_act: 'gelu' };
      expect(configOf(old).activation).toBe('geluTanh');
    });

    it('where Gemma 3 is told to cap its scores, which only Gemma 2 does', () => {
      const capped = { ...gemma, attn_logit_softcapping: 2, final_logit_softcapping: 3 };
      expect(configOf(capped)).toMatchObject({ scoreCap: null, logitCap: 3 });
      expect(configOf({ ...capped, model_type: 'gemma2' }).scoreCap).toBe(2);
    });

    it('where there are keys that it passes over', () => {
      const interleaved = { ...llama, rope_interleaved: true };
      expect(configOf(interleaved)).toEqual(configOf(llama));
      const gains = { ...gemma, norm_gains_complete: true };
      expect(configOf(gains)).toEqual(configOf(gemma));
      const gpt2 = { ...gptj, model_type: 'gpt2' };
      const parametersOf = (config: object) =>
        describeConfig(ConfigReader.of(config), 'a model').parameters;
      expect(parametersOf({ ...gpt2, bias: false })).toBe(parametersOf(gpt2));
    });

    it('where GPT-NeoX has two bases', () => {
      const neox = { ...llama, model_type: 'gpt_neox', rotary_pct: 1 };
      const base = 1 / second({ ...neox, rotary_emb_base: 400, rope_theta: 9 });
      expect(base).toBeCloseTo(20, 10);
      expect(1 / second({ ...neox, rope_theta: 9 })).toBeCloseTo(100, 10);
      expect(1 / second({ ...neox, rope_parameters: { rope_theta: 9 } })).toBeCloseTo(3, 10);
    });

    it('where GPT-J is given a base or a scaling, which it does not have', () => {
      const plain = configOf(gptj).rotary;
      const scaled = { rope_theta: 9, rope_scaling: { type: 'linear', factor: 2 } };
      expect(configOf({ ...gptj, ...scaled }).rotary).toEqual(plain);
    });

    it('where a window is not mentioned', () => {
      const window = (config: object) => configOf({ ...llama, ...config }).attentionWindow[0];
      expect(window({ model_type: 'mistral' })).toBe(4096);
      expect(window({ model_type: 'mistral', sliding_window: null })).toBeNull();
      const qwen = { model_type: 'qwen2', max_window_layers: 0 };
      expect(window({ ...qwen, use_sliding_window: true })).toBe(4096);
      expect(window({ ...qwen, use_sliding_window: true, sliding_window: null })).toBeNull();
      expect(window(qwen)).toBeNull();
      expect(window({ model_type: 'phi3' })).toBeNull();
    });

    it('where LongRoPE has a factor, or another context before it inside and outside', () => {
      const long = { type: 'longrope', short_factor: [1, 2], long_factor: [3, 4] };
      const scale = (rest: object, config: object = {}) => {
        const changed = { ...llama, max_position_embeddings: 4096, ...config };
        return configOf({ ...changed, rope_scaling: { ...long, ...rest } }).rotary[0]!.scale;
      };
      const expected = (factor: number, original: number) =>
        Math.sqrt(1 + Math.log(factor) / Math.log(original));
      expect(scale({ original_max_position_embeddings: 512 })).toBeCloseTo(expected(8, 512), 12);
      const both = { original_max_position_embeddings: 512, factor: 2 };
      expect(scale(both)).toBeCloseTo(expected(2, 512), 12);
      const outside = { original_max_position_embeddings: 1024 };
      expect(scale(both, outside)).toBeCloseTo(expected(2, 1024), 12);
      expect(scale({ factor: 2 })).toBeCloseTo(expected(2, 4096), 12);
    });

    it('where Phi-3 does not say what context it had before, or says yarn', () => {
      const phi3 = { ...llama, model_type: 'phi3', max_position_embeddings: 131_072 };
      const long = { short_factor: [1, 2], long_factor: [3, 4] };
      const found = configOf({ ...phi3, rope_scaling: { type: 'longrope', ...long } });
      expect(found.nCtx).toBe(4096);
      expect(found.rotary[0]!.scale).toBeCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), 12);
      expect(configOf({ ...phi3, rope_scaling: { type: 'yarn', ...long } })).toEqual(found);
      expect(first({ ...phi3, rope_scaling: { type: 'yarn', ...long } })).toBe(1);
    });
  });

  it('has the context in which LongRoPE turns by its short factors', () => {
    const described = describeConfig(
      ConfigReader.of({
        ...llama,
        model_type: 'phi3',
        max_position_embeddings: 131_072,
        original_max_position_embeddings: 4096,
        rope_scaling: { type: 'longrope', short_factor: [1, 2], long_factor: [3, 4] },
      }),
      'a model',
    );
    expect(described.nCtx).toBe(4096);
  });
});

describe('weights that are quantised', () => {
  it('as no GGUF is are refused by that name', async () => {
    const folder = randomCheckpoint(join(root, 'quantised'), llama);
    const load = async (quantization_config: object) => {
      const config = { ...llama, num_hidden_layers: 3, quantization_config };
      writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
      const failure = await Model.load(folder, 1).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      return (failure as UserError).message;
    };
    expect(await load({ quant_method: 'gptq', bits: 4 })).toBe(
      'The weights are quantised by gptq ("quantization_config"), which is not supported in this ' +
        'form. Choose the model as it was before, or as a GGUF file.',
    );
    expect(await load({})).toMatch(/are quantised \("quantization_config"\)/);
  });
});

describe('a context that is longer than is read at once', () => {
  it('is cut to the limit, and only the limit changes', async () => {
    const folder = randomCheckpoint(join(root, 'long'), llama, 1, 0.3);
    const ids = [5, 9, 70, 3, 22];
    const whole = await Model.load(folder, 1);
    expect(whole.description).toMatchObject({ nCtx: 2048, nCtxTrained: 4096 });
    const cut = await Model.load(folder, 1, {}, 16);
    expect(cut.description).toMatchObject({ nCtx: 16, nCtxTrained: 4096 });
    expect((await forwardPass(cut, ids)).at(-1)).toEqual((await forwardPass(whole, ids)).at(-1));
    await Promise.all([whole.release(), cut.release()]);
  });

  it('leaves the table of learned positions whole', async () => {
    const model = await Model.load(randomCheckpoint(join(root, 'table'), neo), 1, {}, 8);
    expect(model.description).toMatchObject({ nCtx: 8, nCtxTrained: 32 });
    await model.release();
  });
});
