import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { pattern } from '../../src/gpt/probes/pattern';
import { predictions } from '../../src/inspection/predictions';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { table } from './measure';

/**
 * Peak memory of the process for one inspection at full context: GPT-2 124M's shape, n = 1024, the
 * residual stream kept, all predictions made, one attention pattern looked at.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const peak = () => megabytes(process.resourceUsage().maxRSS * 1024);
  const weights = megabytes(statSync(join(folder, 'model.safetensors')).size);
  const rows: Record<string, string | number>[] = [];
  const note = (after: string) =>
    rows.push({
      after,
      'peak MB': peak(),
      'weights MB': weights,
      'beyond them MB': peak() - weights,
    });

  note('start');
  const model = await Model.load(folder, 0);
  note('load');
  const ids = Array.from({ length: 1024 }, (_, i) => (i * 7919) % 50257);
  const residual = await forwardPass(model, ids);
  note('pass');
  await predictions(model, residual, ids, 10);
  note('predictions');
  await pattern(model, 6, residual[6]!, [3]);
  note('pattern');
  table(rows);
}

void main();
