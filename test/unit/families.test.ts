import { mkdtempSync, rmSync } from 'node:fs';
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
const gptj = {
  model_type: 'gptj',
  vocab_size: 101,
  n_embd: 16,
  n_head: 4,
  n_layer: 1,
  n_positions: 32,
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
