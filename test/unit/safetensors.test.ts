import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/protocol/userError';
import { readSafetensors } from '../../src/weights/safetensors';
import { safetensorsHeader } from '../fixtures/randomCheckpoint';

const folder = mkdtempSync(join(tmpdir(), 'forward-pass-safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const a = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] };
const b = { dtype: 'F16', shape: [4], data_offsets: [24, 32] };

function write(header: unknown, dataBytes: number): string {
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, Buffer.concat([safetensorsHeader(header), Buffer.alloc(dataBytes)]));
  return path;
}

describe('a safetensors header', () => {
  it('tells where each tensor lies', async () => {
    const header = { __metadata__: { format: 'pt' }, b, a };
    const file = await readSafetensors(write(header, 32));
    const start = 8 + JSON.stringify(header).length;
    expect([...file.tensors.values()]).toEqual([
      { name: 'a', dtype: 'F32', shape: [2, 3], offset: start, bytes: 24 },
      { name: 'b', dtype: 'F16', shape: [4], offset: start + 24, bytes: 8 },
    ]);
    expect(file.bytes).toBe(start + 32);
  });

  it('follows symbolic links to the real file', async () => {
    const path = write({ a }, 24);
    const link = join(folder, 'link.safetensors');
    symlinkSync(path, link);
    expect((await readSafetensors(link)).fileName).toBe('model.safetensors');
  });

  it.each<[string, unknown, number, RegExp]>([
    ['data cut off', { a, b }, 31, /incomplete/],
    ['header cut off', '{"a": {"dtype"', 0, /not JSON/],
    ['a list for a header', [], 0, /not an object/],
    ['an entry that is no object', { a: 3 }, 24, /entry of "a"/],
    ['an unknown dtype', { a: { ...a, dtype: 'F12' } }, 24, /unknown dtype "F12"/],
    ['a dtype named like a method', { a: { ...a, dtype: 'toString' } }, 24, /unknown dtype/],
    ['a negative size', { a: { ...a, shape: [-2, -3] } }, 24, /no valid shape/],
    ['a fractional size', { a: { ...a, shape: [1.5, 4] } }, 24, /no valid shape/],
    ['a size beyond counting', { a: { ...a, shape: [2 ** 60, 2 ** 60] } }, 24, /no valid shape/],
    ['a product beyond counting', { a: { ...a, shape: [2 ** 40, 2 ** 40] } }, 24, /needs .* bytes/],
    ['a shape that does not fit its range', { a: { ...a, shape: [7] } }, 24, /needs 28 bytes/],
    ['a range that ends before it starts', { a: { ...a, data_offsets: [24, 0] } }, 24, /offsets/],
    ['a range without an end', { a: { ...a, data_offsets: [0] } }, 24, /offsets/],
    ['overlapping tensors', { a, b: { ...b, data_offsets: [20, 28] } }, 28, /"a" and "b" overlap/],
  ])('is refused with %s', async (_, header, dataBytes, message) => {
    const failure = readSafetensors(write(header, dataBytes));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });

  it('is refused with a length that lies, before anything is allocated', async () => {
    const path = join(folder, 'lying.safetensors');
    const length = Buffer.alloc(8);
    for (const [claimed, message] of [
      [2n ** 63n, /claims 9223372036854775808 bytes/],
      [99_000_000n, /incomplete/],
    ] as const) {
      length.writeBigUInt64LE(claimed);
      writeFileSync(path, Buffer.concat([length, Buffer.from('{}')]));
      await expect(readSafetensors(path)).rejects.toThrow(message);
    }
  });

  it.each([0, 7])('is refused in a file of %d bytes', async (size) => {
    const path = join(folder, 'short.safetensors');
    writeFileSync(path, Buffer.alloc(size));
    await expect(readSafetensors(path)).rejects.toThrow(/incomplete/);
  });

  it('is refused where there is no file', async () => {
    await expect(readSafetensors(join(folder, 'nothing'))).rejects.toBeInstanceOf(UserError);
  });
});
