import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { median, table } from './measure';

/**
 * From nothing to the first prediction: a fresh process each time, which loads the model from disk
 * and reads a short text. `load` is the model and its tokenizer, `process` everything, Node's own
 * start included.
 */
const cli = join(__dirname, '../../cli.js');
const folders = {
  'the bundled model': join(__dirname, '../../../media/model'),
  "GPT-2 124M's shape, F32": randomCheckpoint(
    join(tmpdir(), 'forward-pass-bench-gpt2-small'),
    gpt2Small,
  ),
};
const limits = [500, 1500];

const rows = Object.entries(folders).map(([model, folder], i) => {
  const runs = Array.from({ length: 9 }, () => {
    const start = performance.now();
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [cli, 'inspect', '--model', folder, '--text', 'The capital of France is'],
      { encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const whole = performance.now() - start;
    if (status !== 0) throw new Error(stderr);
    const { timing } = JSON.parse(stdout) as { timing: { loadMs: number; forwardMs: number } };
    return { load: timing.loadMs, pass: timing.forwardMs, whole };
  });
  const of = (name: 'load' | 'pass' | 'whole') => median(runs.map((run) => run[name])).toFixed(0);
  return {
    model,
    'load ms': of('load'),
    'pass ms': of('pass'),
    'process ms': of('whole'),
    'limit ms': limits[i]!,
  };
});
table(rows);
