import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attribution } from '../../src/inspection/attribution';
import { lens } from '../../src/inspection/lens';
import { lensTable } from '../../src/inspection/lensTable';
import { paired, table } from './measure';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';

/**
 * The logit lens and direct logit attribution of the last position, as parts of the pass that they
 * ask about. GPT-2 124M's shape, random weights, float32, 256 tokens. `first` is the time of the
 * very first call, which makes the graphs; `lens table` is one position of it, all layers.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  const n = 256;
  const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 50257);
  const residual = await forwardPass(model, ids);
  const last = n - 1;
  const textOf = String;
  const atOnce = 4; // as many positions as the panel asks for in one request
  const questions = [
    {
      what: 'lens of a position',
      ask: () => lens(model, residual, last, null, 10, textOf),
      limit: 0.15,
    },
    {
      what: 'attribution',
      ask: () =>
        attribution(model, ids, residual, { position: last, target: null, versus: null }, textOf),
      limit: 0.3,
    },
    {
      what: `lens table, ${atOnce} positions`,
      ask: () => lensTable(model, residual, n - atOnce, n, textOf),
      limit: null,
    },
  ];
  const first: number[] = [];
  for (const { ask } of questions) {
    const start = performance.now();
    await ask();
    first.push(performance.now() - start);
  }
  const [pass, ...asked] = await paired(
    [() => forwardPass(model, ids), ...questions.map(({ ask }) => ask)],
    15,
  );
  table([
    { what: 'pass', ms: pass!.ms.toFixed(1), 'first ms': '', ratio: '1', limit: '' },
    ...questions.map(({ what, limit }, i) => ({
      what,
      ms: asked[i]!.ms.toFixed(1),
      'first ms': first[i]!.toFixed(1),
      ratio: asked[i]!.ratio.toFixed(3),
      limit: limit ?? '',
    })),
  ]);
}

void main();
