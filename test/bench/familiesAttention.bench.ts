import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { block } from '../../src/gpt/block';
import { Checkpoint } from '../../src/gpt/checkpoint';
import type { Architecture } from '../../src/gpt/families/family';
import { familyOf } from '../../src/gpt/families/registry';
import { blockGraph } from '../../src/gpt/graphs';
import { openModelFiles } from '../../src/gpt/modelFiles';
import { attentionShape } from '../../src/gpt/parts/attention';
import { seededRandom } from '../../src/gpt/random';
import { multiHeadAttention } from '../../src/gpt/stages/attention';
import { positionsFromZero } from '../../src/gpt/stages/positions';
import { GraphBuilder, type OnnxGraph } from '../../src/onnx/graphBuilder';
import { Session } from '../../src/onnx/runtime';
import { randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * One block as the pass runs it, and with the operator that has keys and values of its own for every
 * head: repeated, where heads share them. The ratio is of the whole block, in turns.
 */
const shapes: Record<string, Record<string, unknown>> = {
  'GPT-2 124M, 12 heads': { model_type: 'gpt2', n_embd: 768, n_head: 12, n_positions: 2048 },
  'SmolLM2-135M, 9 heads on 3': {
    model_type: 'llama',
    hidden_size: 576,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    intermediate_size: 1536,
  },
  'Qwen3-0.6B, 16 heads on 8': {
    model_type: 'qwen3',
    hidden_size: 1024,
    num_attention_heads: 16,
    num_key_value_heads: 8,
    head_dim: 128,
    intermediate_size: 3072,
  },
  'Mistral-like, windows of 256': {
    model_type: 'mistral',
    hidden_size: 768,
    num_attention_heads: 12,
    num_key_value_heads: 4,
    intermediate_size: 2048,
    sliding_window: 256,
  },
};

async function architectureOf(folder: string) {
  const files = await openModelFiles(folder);
  const reader = files.config;
  const family = familyOf(reader);
  const config = family.readConfig(reader);
  const layout = family.layout(config, true, reader);
  const weights = await files.weights();
  const checkpoint = new Checkpoint(weights, family.prefix, layout.tokenEmbedding.name);
  const model: Architecture = {
    config,
    layout,
    weight: ({ name, shape }) => checkpoint.tensor(name, shape),
  };
  return { model, options: { weightsFolder: weights.folder, threads: 0 } };
}

/** One sequence. */
function multiHeadGraph(model: Architecture): OnnxGraph {
  const { nEmbd } = model.config;
  const g = new GraphBuilder('block with keys and values for every head');
  const residPre = g.input('residPre', 'F32', [1, 'n', nEmbd]);
  const rows = g.reshape(residPre, [-1, nEmbd]);
  const sequences = g.op('Shape', [residPre], { start: 0n, end: 2n });
  const shape = attentionShape(model.config, 0);
  const { residPost } = block(g, model, 0, rows, positionsFromZero(g, rows), (q, k, v) =>
    multiHeadAttention(g, [q, k, v], sequences, shape),
  );
  g.output('residPost', g.reshape(residPost, [1, -1, nEmbd]), 'F32', [1, 'n', nEmbd]);
  return g.build();
}

async function main() {
  const rows: Record<string, string | number>[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    const folder = join(tmpdir(), `forward-pass-bench-attention-${name.replace(/\W+/g, '-')}`);
    const config = {
      ...shape,
      num_hidden_layers: 1,
      n_layer: 1,
      vocab_size: 256,
      max_position_embeddings: 2048,
      tie_word_embeddings: true,
    };
    const { model, options } = await architectureOf(randomCheckpoint(folder, config));
    const sessions = await Promise.all(
      [multiHeadGraph(model), blockGraph(model, 0)].map((graph) => Session.create(graph, options)),
    );
    const random = seededRandom(1);
    for (const [n, rounds] of [
      [8, 101],
      [64, 101],
      [256, 41],
      [640, 21],
      [1024, 11],
    ] as const) {
      const { nEmbd } = model.config;
      const data = Float32Array.from({ length: n * nEmbd }, () => random() - 0.5);
      const residPre = { data, dims: [1, n, nEmbd] };
      const [multiHead, own] = await paired(
        sessions.map((session) => () => session.run({ residPre }, ['residPost'])),
        rounds,
      );
      rows.push({
        shape: name,
        n,
        'for every head ms': multiHead!.ms.toFixed(2),
        'as the pass ms': own!.ms.toFixed(2),
        ratio: own!.ratio.toFixed(3),
      });
    }
  }
  table(rows);
}

void main();
