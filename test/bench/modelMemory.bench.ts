import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveMemoryBack } from '../../src/engine/client';
import { ConfigReader } from '../../src/gpt/configReader';
import { describeConfig } from '../../src/gpt/describeConfig';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { predictions } from '../../src/inspection/predictions';
import { estimateMemory } from '../../src/models/memory';
import { gpt2Small, randomCheckpoint, safetensorsHeader } from '../fixtures/randomCheckpoint';
import { table } from './measure';

/**
 * Holds the estimate of memory (`src/models/memory.ts`) against the private memory of a process after
 * two inspections at full context: GPT-2 124M's shape in float32 and float16, packed and mapped. Linux
 * only: `/proc` tells private memory and mapped files apart.
 */
async function main() {
  const [, , folder, mapped] = process.argv;
  if (folder !== undefined) return measure(folder, mapped === 'mapped');
  const small = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const half = halfOf(small, join(tmpdir(), 'forward-pass-bench-gpt2-small-f16'));
  const shape = describeConfig(await ConfigReader.open(small), 'gpt2');
  const rows = [];
  // As in the engine's process.
  const env = { ...giveMemoryBack, ...process.env };
  for (const [path, dtype] of [
    [small, 'F32'],
    [half, 'F16'],
  ] as const) {
    // prettier-ignore
    for (const way of ['packed', 'mapped'] as const) {
      const measured = Number(execFileSync(process.execPath, [__filename, path, way], { encoding: 'utf8', env })); // prettier-ignore
      const { bytes, mappedBytes } = estimateMemory(shape, dtype);
      const estimate = (way === 'packed' ? bytes : mappedBytes) / 2 ** 20;
      rows.push({
        dtype,
        weights: way,
        'measured MB': measured.toFixed(0),
        'estimate MB': estimate.toFixed(0),
        ratio: (estimate / measured).toFixed(2),
      });
    }
  }
  table(rows);
}

async function measure(folder: string, mapWeights: boolean) {
  const model = await Model.load(folder, 0, { mapWeights });
  for (let run = 0; run < 2; run++) {
    const ids = Array.from({ length: 1024 }, (_, i) => (i * 7919 + run) % 50257);
    await predictions(model, await forwardPass(model, ids), ids, 10);
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  console.log(Number(/RssAnon:\s+(\d+)/.exec(status)![1]) / 1024);
}

/** The same shape in float16, with numbers of about the same size. */
function halfOf(source: string, folder: string): string {
  if (existsSync(join(folder, 'config.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  const file = readFileSync(join(source, 'model.safetensors'));
  const length = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<string, { shape: number[] }>; // prettier-ignore
  let offset = 0;
  const halved = Object.entries(header).map(([name, { shape }]) => {
    const bytes = shape.reduce((product, dim) => product * dim, 2);
    const entry = { dtype: 'F16', shape, data_offsets: [offset, (offset += bytes)] };
    return [name, entry] as const;
  });
  const chunk = Buffer.alloc(1 << 20);
  // High bytes of 0.016 to 0.031, either sign.
  for (let i = 0; i < chunk.length; i += 2) chunk.writeUInt16LE((i * 31) % 1024 | 0x2400 | (i % 4 ? 0x8000 : 0), i); // prettier-ignore
  const out = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(out, safetensorsHeader(Object.fromEntries(halved)));
  for (let left = offset; left > 0; left -= chunk.length) writeSync(out, chunk, 0, Math.min(left, chunk.length)); // prettier-ignore
  closeSync(out);
  writeFileSync(join(folder, 'config.json'), readFileSync(join(source, 'config.json')));
  return folder;
}

void main();
