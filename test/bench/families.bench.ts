import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass } from '../../src/gpt/forwardPass';
import type { GptConfig } from '../../src/gpt/config';
import { Model } from '../../src/gpt/model';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * A pass of models of other families, of about GPT-2 124M's size, held to GPT-2's in time for each
 * multiplication, so that what rotary positions, grouped heads and gates add by themselves is seen.
 */
const shapes: Record<string, Record<string, unknown>> = {
  'gpt2 124M': gpt2Small,
  'llama (SmolLM2-135M)': {
    model_type: 'llama',
    vocab_size: 49152,
    hidden_size: 576,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    num_hidden_layers: 30,
    intermediate_size: 1536,
    max_position_embeddings: 2048,
    tie_word_embeddings: true,
  },
  'gpt_neox (Pythia-160M)': {
    model_type: 'gpt_neox',
    vocab_size: 50304,
    hidden_size: 768,
    num_attention_heads: 12,
    num_hidden_layers: 12,
    intermediate_size: 3072,
    max_position_embeddings: 2048,
    rotary_pct: 0.25,
    tie_word_embeddings: true,
  },
  'gpt_neo (windows of 256)': {
    model_type: 'gpt_neo',
    vocab_size: 50257,
    hidden_size: 768,
    num_heads: 12,
    num_layers: 12,
    max_position_embeddings: 2048,
    attention_types: [[['global', 'local'], 6]],
  },
  'gemma2 (caps, windows)': {
    model_type: 'gemma2',
    vocab_size: 50257,
    hidden_size: 768,
    num_attention_heads: 12,
    num_key_value_heads: 4,
    head_dim: 64,
    num_hidden_layers: 12,
    intermediate_size: 2048,
    max_position_embeddings: 2048,
    sliding_window: 256,
  },
};

/** Multiplications and additions of a pass over n tokens, without the unembedding, in 1e9. */
function gflop(
  { nLayer, nHead, nKvHead, dHead, nEmbd, nInner }: GptConfig,
  gated: boolean,
  n: number,
) {
  const attention = nEmbd * (2 * nHead + 2 * nKvHead) * dHead;
  const mlp = (gated ? 3 : 2) * nEmbd * nInner;
  return (2 * n * nLayer * (attention + mlp + n * nHead * dHead)) / 1e9;
}

async function main() {
  const models: Model[] = [];
  for (const [name, config] of Object.entries(shapes)) {
    const folder = `forward-pass-bench-${name.replace(/\W+/g, '-')}`;
    models.push(await Model.load(randomCheckpoint(join(tmpdir(), folder), config), 0));
  }
  const rows = Object.keys(shapes).map((shape): Record<string, string> => ({ shape }));
  for (const [n, rounds] of [
    [64, 11],
    [256, 7],
    [1024, 3],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 49_000);
    const times = await paired(
      models.map((model) => () => forwardPass(model, ids)),
      rounds,
    );
    const work = models.map(({ config }, i) =>
      gflop(config, /llama|gemma/.test(rows[i]!.shape!), n),
    );
    for (const [i, { ms, ratio }] of times.entries()) {
      rows[i]![`n=${n} ms`] = ms.toFixed(1);
      rows[i]!['per flop'.padEnd(8 + String(n).length)] = ((ratio * work[0]!) / work[i]!).toFixed(
        3,
      );
    }
  }
  table(rows);
}

void main();
