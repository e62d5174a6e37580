import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineClient } from '../../src/engine/client';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';
import { table } from './measure';

/**
 * Switches between three models 50 times in the engine's process, each inspecting a text, and compares
 * what the process holds after the first five switches with what it holds at the end: it fails where
 * that grew by 5 % or more, or where another process was left.
 */
async function main() {
  const shapes = [
    { n_layer: 3, n_embd: 512 },
    { n_layer: 6, n_embd: 576 },
    { n_layer: 4, n_embd: 640 },
  ];
  const folders = shapes.map((shape, i) =>
    randomCheckpoint(join(tmpdir(), `forward-pass-bench-switching-${i}`), {
      ...tinyGpt2,
      n_positions: 256,
      ...shape,
    }),
  );
  const client = new EngineClient({
    entry: join(__dirname, '../../engine.js'),
    log: (line) => console.error(line),
  });
  const switches = 50;
  const rows: Record<string, string | number>[] = [];
  /** Residence after each switch, in MB; the models differ, so only the same one is compared. */
  const resident: number[] = [];
  for (let i = 0; i < switches; i++) {
    const model = { folder: folders[i % folders.length]!, threads: 0 };
    const text = `The ${i}th text that is read, and a few words more.`;
    await client.request('inspect', { model, text, topK: 10, bos: false });
    resident.push(residentMegabytes(client.pid!));
    if (i < 12 || i % 6 === 5)
      rows.push({ switches: i + 1, 'resident MB': resident[i]!.toFixed(0) });
  }
  table(rows);

  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' }).trim().split('\n').filter((pid) => Number(pid) === client.pid || isOurs(pid)); // prettier-ignore
  const mean = (from: number, to: number) => resident.slice(from, to).reduce((sum, mb) => sum + mb, 0) / (to - from); // prettier-ignore
  // Six after the first five against the last six: each of the three models twice.
  const growth = mean(switches - 6, switches) / mean(5, 11) - 1;
  console.log(`\ngrowth after the first five: ${(100 * growth).toFixed(1)} %; engine processes: ${children.length}`); // prettier-ignore
  client.dispose();
  if (growth >= 0.05 || children.length !== 1) process.exitCode = 1;
}

function isOurs(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid.trim()}/cmdline`, 'utf8').includes('engine.js');
  } catch {
    return false;
  }
}

function residentMegabytes(pid: number): number {
  const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(text) / 1024;
}

void main();
