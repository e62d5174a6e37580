import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attentionPattern } from '../../src/inspection/attention';
import { headSummary } from '../../src/inspection/headSummary';
import { logitsAt } from '../../src/inspection/predictions';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * Attention beside the pass that it is recomputed from: GPT-2 124M's shape, random weights, float32.
 * All columns but the second are parts of the pass.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  const layers = Array.from({ length: model.config.nLayer }, (_, layer) => layer);
  const rows = [];
  for (const [n, rounds] of [
    [64, 15],
    [256, 9],
    [1024, 3],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 16752);
    const residual = await forwardPass(model, ids);
    let bytes = 0;
    const grid = async (weighted: boolean) => {
      bytes = 0;
      for (const layer of layers) {
        const options = { size: 64, weighted };
        const summary = await headSummary(model, residual, ids, layer, options);
        bytes += summary.thumbnails.byteLength;
      }
    };
    const [pass, ...others] = await paired(
      [
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        () => attentionPattern(model, residual, 6, null),
        () => attentionPattern(model, residual, 6, 3, true),
        () => attentionPattern(model, residual, 6, 'mean'),
        // Another array is another pass: nothing is remembered of it.
        () => attentionPattern(model, [...residual], 11, 'rollout'),
        () => grid(false),
        () => grid(true),
      ],
      rounds,
    );
    const names = ['all heads', 'weighted head', 'mean', 'rollout', 'grid', 'weighted grid'];
    rows.push({
      n,
      'pass ms': pass!.ms.toFixed(1),
      ...Object.fromEntries(names.map((name, i) => [name, others[i]!.ratio.toFixed(3)])),
      'grid kB': Math.round(bytes / 1000),
    });
  }
  table(rows);
}

void main();
