import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../protocol/userError';
import { checkOverlaps, withWeightFile, type StoredTensor, type WeightFile } from './weightFile';

/** Bytes per element of each dtype of the format. */
const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
} as const;

type Dtype = keyof typeof dtypeBytes;

/** The format's own limit for its header; it keeps a lying length from being allocated. */
const maxHeaderBytes = 100_000_000;

/**
 * Reads and checks the header of a safetensors file: lengths, dtypes, shapes, bounds and overlaps.
 * The tensors' data is not read. Format: https://github.com/huggingface/safetensors#format
 *
 * @throws {UserError} where the file cannot be read or contradicts itself.
 */
export async function readSafetensors(path: string): Promise<WeightFile> {
  return withWeightFile(path, async (file, size) => {
    const { header, dataStart } = await readHeader(file, size, path);
    return { tensors: locateTensors(header, dataStart, size, path) };
  });
}

async function readHeader(file: FileHandle, size: number, path: string) {
  const prefix = Buffer.alloc(8);
  if (size < 8 || (await file.read(prefix, 0, 8, 0)).bytesRead < 8) throw truncated(path);
  const headerBytes = prefix.readBigUInt64LE();
  if (headerBytes > maxHeaderBytes) {
    throw broken(path, `its header claims ${headerBytes} bytes`);
  }
  const length = Number(headerBytes);
  if (8 + length > size) throw truncated(path);
  const text = Buffer.alloc(length);
  if ((await file.read(text, 0, length, 8)).bytesRead < length) throw truncated(path);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw broken(path, 'its header is not JSON', cause);
  }
  if (!isRecord(header)) throw broken(path, 'its header is not an object');
  return { header, dataStart: 8 + length };
}

function locateTensors(
  header: Record<string, unknown>,
  dataStart: number,
  size: number,
  path: string,
): Map<string, StoredTensor> {
  const tensors: StoredTensor[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const shown = JSON.stringify(name);
    if (!isRecord(entry)) throw broken(path, `the entry of ${shown} is not an object`);
    const { dtype, shape, data_offsets: range } = entry;
    if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) {
      throw broken(path, `${shown} has the unknown dtype ${JSON.stringify(dtype)}`);
    }
    if (!isSizes(shape)) throw broken(path, `${shown} has no valid shape`);
    if (!isSizes(range) || range.length !== 2 || range[0]! > range[1]!) {
      throw broken(path, `${shown} has no valid data offsets`);
    }
    const bytes = range[1]! - range[0]!;
    const expected = shape.reduce((product, dim) => product * dim, dtypeBytes[dtype as Dtype]);
    if (bytes !== expected) {
      throw broken(
        path,
        `${shown} needs ${expected} bytes by its shape, but its range has ${bytes}`,
      );
    }
    if (dataStart + range[1]! > size) throw truncated(path);
    tensors.push({ name, dtype: dtype, shape, offset: dataStart + range[0]!, bytes });
  }
  tensors.sort((a, b) => a.offset - b.offset);
  checkOverlaps(tensors, (a, b) =>
    broken(path, `${JSON.stringify(a)} and ${JSON.stringify(b)} overlap`),
  );
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function truncated(path: string): UserError {
  return new UserError(
    `${basename(path)} is incomplete: its header promises more than the file holds. ` +
      'Download or copy it again.',
  );
}

function broken(path: string, what: string, cause?: unknown): UserError {
  return new UserError(
    `${basename(path)} is not a valid safetensors file: ${what}. Download or export it again.`,
    { cause },
  );
}
