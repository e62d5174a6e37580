import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { editedPass } from '../../src/inspection/editedPass';
import { comparedAlong, comparedAt } from '../../src/inspection/interventions';
import { patchChunks } from '../../src/inspection/patchChunks';
import { patchPositions } from '../../src/inspection/patching';
import { logitsAt } from '../../src/inspection/predictions';
import { runEndings } from '../../src/inspection/runEndings';
import type { Edit } from '../../src/protocol/interventions';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * Interventions and patching against one pass over the same text with the last logits. GPT-2 124M's
 * shape, random weights, float32. All ratios are to that pass.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  await ablation(model, 256);
  for (const n of [16, 64]) await patching(model, n);
}

const idsOf = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => (i * 7919 + seed) % 50257);

/** One head ablated at layer L: the pass again from there, and the logits at the last position. */
async function ablation(model: Model, n: number) {
  const { nLayer } = model.config;
  const ids = idsOf(n, 0);
  const residual = await forwardPass(model, ids);
  const rows = [];
  for (const layer of [0, 3, 6, 9, 11]) {
    const ablate = (edit: Edit) => editedPass(model, residual, [edit], new Map());
    const head: Edit = { kind: 'ablateHead', layer, head: 3, by: 'mean' };
    const mlp: Edit = { kind: 'ablateMlp', layer, by: 'zero' };
    const changed = await ablate(head);
    const [pass, ofHead, ofMlp, compared, along] = await paired(
      [
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        async () => logitsAt(model, (await ablate(head)).residual, n - 1),
        async () => logitsAt(model, (await ablate(mlp)).residual, n - 1),
        () => comparedAt(model, residual, changed, n - 1, 10, String),
        () => comparedAlong(model, residual, changed, ids, 0, n),
      ],
      9,
    );
    rows.push({
      n,
      layer,
      'pass ms': pass!.ms.toFixed(1),
      head: ofHead!.ratio.toFixed(3),
      MLP: ofMlp!.ratio.toFixed(3),
      limit: ((nLayer - layer) / nLayer + 0.1).toFixed(3),
      'compared at a position': compared!.ratio.toFixed(3),
      'compared along the text': along!.ratio.toFixed(3),
    });
  }
  table(rows);
  console.log();
}

/**
 * Cells of a patching map of residPre at the middle layer, in passes for each cell: all rows of the
 * text run again, or only what follows the patched position; by how many rows a block is given.
 */
async function patching(model: Model, n: number) {
  const { nEmbd, nLayer } = model.config;
  const ids = idsOf(n, 0);
  const corrupt: ResidualStream = await forwardPass(model, ids);
  const layer = nLayer / 2;
  const half = n / 2;
  const endings = (from: number, count: number) => {
    const ending = corrupt[layer]!.subarray(from * nEmbd);
    const all = new Float32Array(count * ending.length);
    for (let i = 0; i < count; i++) all.set(ending, i * ending.length);
    return all;
  };
  const pass = () => forwardPass(model, ids);
  const rows = [];
  for (const atOnce of [n, 128, 256, 512, 1024].filter((rows) => rows >= n)) {
    const whole = Math.max(1, Math.round(atOnce / n));
    const after = Math.max(1, Math.round(atOnce / (n - half)));
    const [one, all, ends] = await paired(
      [
        pass,
        () => runEndings(model, corrupt, layer, endings(0, whole), whole),
        () => runEndings(model, corrupt, layer, endings(half, after), after),
      ],
      7,
    );
    rows.push({
      n,
      'rows at once': atOnce,
      'pass ms': one!.ms.toFixed(1),
      'passes a cell, all rows': (all!.ratio / whole).toFixed(3),
      'passes a cell, rows from the middle on': (ends!.ratio / after).toFixed(3),
      'ms a call': ends!.ms.toFixed(0),
    });
  }
  table(rows);

  const others = idsOf(n, 1);
  const run = (own: number[], residual: ResidualStream) => ({ ids: own, residual });
  const runs = {
    model,
    clean: run(others, await forwardPass(model, others)),
    corrupt: run(ids, corrupt),
    target: 1,
    versus: 2,
  };
  const map = async () => {
    for (let at = 0; at < nLayer; at++) {
      for (const { from, to } of patchChunks(n, 0)) {
        await patchPositions(runs, 'residPre', at, from, to);
      }
    }
  };
  const [, whole] = await paired([pass, map], n === 16 ? 5 : 1);
  const cells = n * nLayer;
  console.log(
    `The whole map of ${n} × ${nLayer} cells: ${(whole!.ms / 1000).toFixed(1)} s, ` +
      `${(whole!.ratio / cells).toFixed(3)} passes a cell.\n`,
  );
}

void main();
