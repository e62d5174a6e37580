import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { logitsAt, predictions } from '../../src/inspection/predictions';
import { medians, table } from './measure';
import { OneGraph } from './oneGraph';
import { gpt2Small, randomCheckpoint } from './randomCheckpoint';

/**
 * A pass that keeps the residual stream against one big graph with the same weights, operators and
 * threads that returns only the last logits. GPT-2 124M's shape, random weights, float32.
 */
async function main() {
  const folder = randomCheckpoint('gpt2-small', gpt2Small);
  const model = await Model.load(folder, 0);
  const oneGraph = await OneGraph.load(folder, 0);
  const rows = [];
  for (const [n, rounds] of [
    [8, 15],
    [64, 15],
    [256, 9],
    [1024, 5],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 50257);
    const residual = await forwardPass(model, ids);
    const [blocks, one, summaries, pattern, patterns] = (await medians(
      [
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        () => oneGraph.lastLogits(ids),
        () => predictions(model, residual, ids, 10),
        () => model.pattern(6, residual[6]!, [3]),
        () => model.pattern(6, residual[6]!, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      ],
      rounds,
    )) as [number, number, number, number, number];
    rows.push({
      n,
      'pass ms': blocks.toFixed(1),
      'one graph ms': one.toFixed(1),
      ratio: (blocks / one).toFixed(3),
      'all predictions / pass': (summaries / blocks).toFixed(2),
      'one head / pass': (pattern / blocks).toFixed(3),
      'one layer / pass': (patterns / blocks).toFixed(3),
    });
  }
  table(rows);
}

void main();
