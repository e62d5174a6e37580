import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { UserError } from '../../src/protocol/userError';
import { filesStamp } from '../../src/gpt/modelFiles';
import { readShards } from '../../src/weights/shards';
import { safetensorsHeader } from '../fixtures/randomCheckpoint';
import { loadGolden, readTensors } from '../golden/goldens';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-shards-'));
afterAll(() => rmSync(root, { recursive: true }));

const golden = loadGolden('base');
const tensors = readTensors(join(golden.folder, 'model.safetensors'));
const names = [...tensors.keys()];
const files = ['model-00001-of-00003.safetensors', 'model-00002-of-00003.safetensors'];
files.push('model-00003-of-00003.safetensors');

const folder = join(root, 'model');
const index = join(folder, 'model.safetensors.index.json');

function writeTensors(path: string, chosen: readonly string[]) {
  const header: Record<string, unknown> = {};
  let offset = 0;
  const data = chosen.map((name) => {
    const { dtype, shape, bytes } = tensors.get(name)!;
    header[name] = { dtype, shape, data_offsets: [offset, (offset += bytes.byteLength)] };
    return new Uint8Array(bytes);
  });
  writeFileSync(path, Buffer.concat([safetensorsHeader(header), ...data]));
}

function writeIndex(map: unknown) {
  writeFileSync(index, JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }));
}

/** Every third tensor goes to each file. */
const weightMap = Object.fromEntries(names.map((name, i) => [name, files[i % 3]!]));

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), readFileSync(join(golden.folder, 'config.json')));
  files.forEach((file, i) => {
    writeTensors(
      join(folder, file),
      names.filter((_, j) => j % 3 === i),
    );
  });
  writeIndex(weightMap);
});

async function largestDifference(path: string): Promise<number> {
  const model = await Model.load(path, 1);
  try {
    const { ids, logits } = golden.inputs[1]!;
    const residual = await forwardPass(model, ids);
    const ours = await model.logits(residual.at(-1)!);
    return ours.reduce((largest, x, i) => Math.max(largest, Math.abs(x - logits[i]!)), 0);
  } finally {
    await model.release();
  }
}

describe('weights in several files', () => {
  it('give the same logits as in one', async () => {
    expect(await largestDifference(folder)).toBeLessThan(1e-3);
    const { bytes, files: read } = await readShards(index);
    expect(read).toHaveLength(3);
    expect(bytes).toBe(
      files.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0),
    );
  });

  it('are found through the links of the Hugging Face cache', async () => {
    const repository = join(root, 'models--org--name');
    const [blobs, snapshot] = [join(repository, 'blobs'), join(repository, 'snapshots', 'abc')];
    mkdirSync(blobs, { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    for (const [i, file] of ['config.json', 'model.safetensors.index.json', ...files].entries()) {
      writeFileSync(join(blobs, `sha${i}`), readFileSync(join(folder, file)));
      symlinkSync(join('..', '..', 'blobs', `sha${i}`), join(snapshot, file));
    }
    expect(await largestDifference(snapshot)).toBeLessThan(1e-3);
  });

  it('may lie in folders of their own behind the links', async () => {
    for (const [i, file] of files.entries()) {
      const place = join(root, 'elsewhere', String(i));
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, file), readFileSync(join(folder, file)));
      rmSync(join(folder, file));
      symlinkSync(join(place, file), join(folder, file));
    }
    expect(await largestDifference(folder)).toBeLessThan(1e-3);
  });

  it('are another model when one file is another', async () => {
    const before = await filesStamp(folder);
    expect(await filesStamp(folder)).toBe(before);
    writeTensors(join(folder, files[1]!), names.slice(0, 2));
    expect(await filesStamp(folder)).not.toBe(before);
  });

  const first = names[0]!;
  it.each<[string, () => void, RegExp]>([
    ['no JSON', () => writeFileSync(index, '{"weight_map": {'), /is not JSON/],
    ['40 MB', () => truncateSync(index, 40 * 2 ** 20), /it has 40 MB/],
    ['a list', () => writeFileSync(index, '[]'), /no "weight_map"/],
    ['an empty map', () => writeIndex({}), /"weight_map" is empty/],
    ['a number for a file', () => writeIndex({ ...weightMap, [first]: 3 }), /names 3, which/],
    [
      'a file above the folder',
      () => writeIndex({ ...weightMap, [first]: '../model.safetensors' }),
      /names "\.\.\/model\.safetensors", which is not a safetensors file beside it/,
    ],
    [
      'an absolute path',
      () => writeIndex({ ...weightMap, [first]: '/etc/model.safetensors' }),
      /names "\/etc/,
    ],
    [
      "a path of Windows's kind",
      () => writeIndex({ ...weightMap, [first]: '..\\model.safetensors' }),
      /which is not a safetensors file beside it/,
    ],
    [
      'a file of another kind',
      () => writeIndex({ ...weightMap, [first]: 'config.json' }),
      /which is not a safetensors file beside it/,
    ],
    ['a missing file', () => rmSync(join(folder, files[1]!)), /lacks model-00002-of-00003\.safe/],
    [
      'two missing files',
      () => files.slice(1).forEach((file) => rmSync(join(folder, file))),
      /lacks model-00002.* and 1 more of the 3 files/,
    ],
    [
      'a tensor in another file than it says',
      () => writeIndex({ ...weightMap, [first]: files[1] }),
      /says that model-00002-of-00003\.safetensors holds .*, which it does not/,
    ],
    [
      'a file that was cut off',
      () =>
        writeFileSync(
          join(folder, files[2]!),
          readFileSync(join(folder, files[2]!)).subarray(0, 999),
        ),
      /model-00003.* is incomplete/,
    ],
    [
      'a file that is a link to itself',
      () => {
        rmSync(join(folder, files[0]!));
        symlinkSync(files[0]!, join(folder, files[0]!));
      },
      /leads back to itself/,
    ],
  ])('are refused in one sentence with %s', async (_, spoil, message) => {
    spoil();
    const failure = await readShards(index).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).not.toContain('\n');
  });
});
