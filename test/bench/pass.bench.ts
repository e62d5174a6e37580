import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { pattern } from '../../src/gpt/probes/pattern';
import { logitsAt, predictions } from '../../src/inspection/predictions';
import { paired, table } from './measure';
import { OneGraph } from './oneGraph';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';

/**
 * A pass that keeps the residual stream against one big graph with the same weights, operators and
 * threads that returns only the last logits. GPT-2 124M's shape, random weights, float32. All ratios
 * are to the one graph.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  const oneGraph = await OneGraph.load(folder, 0);
  const rows = [];
  for (const [n, rounds] of [
    [8, 41],
    [64, 41],
    [256, 15],
    [1024, 5],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 50257);
    const residual = await forwardPass(model, ids);
    const allHeads = Array.from({ length: model.config.nHead }, (_, head) => head);
    const [one, pass, summaries, head, heads] = await paired(
      [
        () => oneGraph.lastLogits(ids),
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        () => predictions(model, residual, ids, 10),
        () => pattern(model, 6, residual[6]!, [3]),
        () => pattern(model, 6, residual[6]!, allHeads),
      ],
      rounds,
    );
    const limit = n === 1024 ? 1.25 : 1.1;
    rows.push({
      n,
      'one graph ms': one!.ms.toFixed(1),
      'pass ms': pass!.ms.toFixed(1),
      ratio: pass!.ratio.toFixed(3),
      limit: n === 8 ? '' : limit,
      'all predictions': summaries!.ratio.toFixed(3),
      'one head': head!.ratio.toFixed(3),
      'all heads of a layer': heads!.ratio.toFixed(3),
    });
  }
  table(rows);
}

void main();
