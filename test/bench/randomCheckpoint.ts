import { existsSync, mkdirSync, openSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigReader } from '../../src/gpt/configReader';
import { gpt2 } from '../../src/gpt/families/gpt2';
import { seededRandom } from '../../src/gpt/random';

/** GPT-2 124M's shape. */
export const gpt2Small = {
  model_type: 'gpt2',
  n_layer: 12,
  n_head: 12,
  n_embd: 768,
  n_positions: 1024,
  vocab_size: 50257,
  bos_token_id: 50256,
};

/**
 * A model folder with random weights of GPT-2's scale in float32, in the system's temporary folder;
 * made once, since it has half a gigabyte.
 */
export function randomCheckpoint(name: string, config: typeof gpt2Small): string {
  const folder = join(tmpdir(), `forward-pass-bench-${name}`);
  const done = join(folder, 'config.json');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  const specs = gpt2.weights(gpt2.readConfig(ConfigReader.of(config)), true);
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name: tensor, shape } of specs) {
    const bytes = 4 * shape.reduce((product, dim) => product * dim, 1);
    header[tensor] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, text);
  const random = seededRandom(1);
  for (const { name: tensor, shape } of specs) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const isGain = /ln_.+weight/.test(tensor);
    const data = Float32Array.from({ length: size }, () =>
      isGain ? 1 : 0.02 * Math.sqrt(12) * (random() - 0.5),
    );
    writeSync(file, new Uint8Array(data.buffer));
  }
  closeSync(file);
  writeFileSync(done, JSON.stringify(config));
  return folder;
}
