import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Model } from '../../../src/gpt/model';
import { attentionPattern } from '../../../src/inspection/attention';
import { headSummary } from '../../../src/inspection/headSummary';
import { maxDistance } from '../distance';
import { familiesFolder, loadGolden, readTensors } from '../goldens';

interface Config {
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  hidden_size: number;
  num_hidden_layers: number;
  rms_norm_eps: number;
}

/** x / √(mean x² + ε), and what it was divided by. */
function rms(x: number[], epsilon: number): [number[], number] {
  const scale = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + epsilon);
  return [x.map((value) => value / scale), scale];
}

/**
 * What each head adds to the residual stream from each position, by loops in double precision from
 * the checkpoint's tensors and transformers' residual stream and patterns. Their sum is held against
 * what transformers' own attention adds, so that the loops stand on their own.
 */
it.each(['gemma2', 'gemma3', 'gemmaOne'])(
  'attention of %s is weighted by what reaches the stream',
  async (name) => {
    const golden = loadGolden(name, familiesFolder);
    const { residual, patterns, ids } = golden.inputs.at(-1)!;
    const config = JSON.parse(readFileSync(join(golden.folder, 'config.json'), 'utf8')) as Config;
    const { num_attention_heads: nHead, head_dim: dHead, hidden_size: nEmbd } = config;
    const each = nHead / config.num_key_value_heads;
    const epsilon = config.rms_norm_eps;
    const n = ids.length;
    const stored = readTensors(join(golden.folder, 'model.safetensors'));
    const expected = readTensors(join(golden.folder, 'expected.safetensors'));
    const added = new Float32Array(expected.get(`${golden.inputs.length - 1}.attnOut`)!.bytes);
    const tensor = (layer: number, part: string) =>
      new Float32Array(stored.get(`model.layers.${layer}.${part}.weight`)!.bytes);

    const model = await Model.load(golden.folder, 1);
    try {
      for (let layer = 0; layer < config.num_hidden_layers; layer++) {
        const before = tensor(layer, 'input_layernorm');
        // The first Gemma adds what its heads write as it is.
        const after = name === 'gemmaOne' ? null : tensor(layer, 'post_attention_layernorm');
        const [wV, wO] = [tensor(layer, 'self_attn.v_proj'), tensor(layer, 'self_attn.o_proj')];
        const written = Array.from({ length: nHead }, (_, head) =>
          Array.from({ length: n }, (_, position) => {
            const row = Array.from(
              residual[layer]!.subarray(position * nEmbd, (position + 1) * nEmbd),
            );
            const read = rms(row, epsilon)[0].map((x, i) => x * (1 + before[i]!));
            const v = Array.from({ length: dHead }, (_, i) => {
              const from = (Math.floor(head / each) * dHead + i) * nEmbd;
              return read.reduce((sum, x, j) => sum + x * wV[from + j]!, 0);
            });
            return Array.from({ length: nEmbd }, (_, i) =>
              v.reduce((sum, x, j) => sum + x * wO[i * nHead * dHead + head * dHead + j]!, 0),
            );
          }),
        );
        const weights = new Float64Array(nHead * n * n);
        for (let query = 0; query < n; query++) {
          const alpha = (head: number, key: number) =>
            patterns[layer]![(head * n + query) * n + key]!;
          const sum = new Array<number>(nEmbd).fill(0);
          for (let head = 0; head < nHead; head++) {
            for (let key = 0; key <= query; key++) {
              for (let i = 0; i < nEmbd; i++)
                sum[i]! += alpha(head, key) * written[head]![key]![i]!;
            }
          }
          const scale = after ? rms(sum, epsilon)[1] : 1;
          const factor = (i: number) => (after ? 1 + after[i]! : 1) / scale;
          const row = added.subarray((layer * n + query) * nEmbd, (layer * n + query + 1) * nEmbd);
          expect(
            maxDistance(
              sum.map((x, i) => x * factor(i)),
              row,
            ),
          ).toBeLessThan(1e-5);
          for (let head = 0; head < nHead; head++) {
            for (let key = 0; key <= query; key++) {
              const moved = written[head]![key]!.map((x, i) => alpha(head, key) * x * factor(i));
              weights[(head * n + query) * n + key] = Math.hypot(...moved);
            }
          }
        }
        const { pattern } = await attentionPattern(model, residual, layer, null, true);
        expect(maxDistance(pattern, weights)).toBeLessThan(1e-5);
        const one = await attentionPattern(model, residual, layer, nHead - 1, true);
        expect(maxDistance(one.pattern, weights.subarray((nHead - 1) * n * n))).toBeLessThan(1e-5);
        const { peaks } = await headSummary(model, residual, ids, layer, {
          size: 8,
          weighted: true,
        });
        const largest = Array.from({ length: nHead }, (_, head) =>
          weights.subarray(head * n * n, (head + 1) * n * n).reduce((a, b) => Math.max(a, b)),
        );
        expect(maxDistance(peaks, largest)).toBeLessThan(1e-5);
      }
    } finally {
      await model.release();
    }
  },
);
