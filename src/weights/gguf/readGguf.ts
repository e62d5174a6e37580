import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../protocol/userError';
import { checkOverlaps, withWeightFile, type StoredTensor, type WeightFile } from '../weightFile';
import { Contradiction, GgufCursor, MoreNeeded, type GgufValue } from './cursor';
import { ggmlTypes } from './ggmlTypes';

export interface GgufFile extends WeightFile {
  /** The tensors' names are ggml's. */
  metadata: ReadonlyMap<string, GgufValue>;
}

/** Enough for the header of most models at once; the vocabulary is nearly all of it. */
const firstRead = 4 * 2 ** 20;
/** Beyond any header: one with a million tokens and merges has about 50 MB. */
const maxHeaderBytes = 256 * 2 ** 20;

/**
 * Reads and checks the header of a GGUF file: counts, types, shapes, bounds and overlaps. The tensors'
 * data is not read. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * The package `@huggingface/gguf` reads the same format; it is not used because it takes half a
 * second for a vocabulary of 49,152 tokens (this takes 20 ms), drops a byte order mark at the front
 * of a token, and takes what lies behind the file's end for zeros.
 *
 * @throws {UserError} where the file cannot be read or contradicts itself.
 */
export async function readGguf(path: string): Promise<GgufFile> {
  return withWeightFile(path, async (file, size) => {
    try {
      return await parseGrowing(file, size);
    } catch (cause) {
      if (!(cause instanceof Contradiction)) throw cause;
      throw new UserError(
        `${basename(path)} is not a GGUF file that can be read: ${cause.message}. ` +
          'Download it again.',
      );
    }
  });
}

/** Parses the first bytes of the file, and again with more of them until they hold the header. */
async function parseGrowing(file: FileHandle, size: number) {
  for (let length = Math.min(firstRead, size); ;) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, 0);
    if (bytesRead < length) throw new Contradiction('it became shorter while it was read');
    try {
      return parse(new GgufCursor(bytes, size), size);
    } catch (signal) {
      if (!(signal instanceof MoreNeeded)) throw signal;
      if (signal.bytes > maxHeaderBytes) throw new Contradiction('its header is too large');
      length = Math.min(size, maxHeaderBytes, Math.max(signal.bytes, 4 * length));
    }
  }
}

function parse(cursor: GgufCursor, size: number) {
  checkVersion(cursor, size);
  // A tensor's entry has a name, a rank, a type and an offset; a metadata entry a key and a value.
  const tensorCount = cursor.count('the number of tensors', 24);
  const entryCount = cursor.count('the number of metadata entries', 13);

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.string();
    if (metadata.has(key)) throw new Contradiction(`"${key}" is there twice`);
    metadata.set(key, cursor.value(key));
  }
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !isPowerOf2(alignment)) {
    throw new Contradiction(`its alignment is ${JSON.stringify(alignment)}`);
  }

  const tensors = new Map<string, StoredTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const tensor = readTensor(cursor);
    if (tensors.has(tensor.name)) throw new Contradiction(`"${tensor.name}" is there twice`);
    tensors.set(tensor.name, tensor);
  }
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  for (const tensor of tensors.values()) {
    if (tensor.offset % alignment !== 0) {
      throw new Contradiction(`"${tensor.name}" does not begin at a multiple of ${alignment}`);
    }
    tensor.offset += dataStart;
    if (tensor.offset + tensor.bytes > size) {
      throw new Contradiction(`"${tensor.name}" lies beyond its end, so it is incomplete`);
    }
  }
  checkOverlaps([...tensors.values()], (a, b) => new Contradiction(`"${a}" and "${b}" overlap`));
  return { metadata, tensors };
}

function checkVersion(cursor: GgufCursor, size: number): void {
  const magic = 0x46554747; // "GGUF"
  if (size < 4 || cursor.u32() !== magic) throw new Contradiction('it does not begin with "GGUF"');
  const version = cursor.u32();
  if (version === 0x03000000 || version === 0x02000000) {
    throw new Contradiction('it was written for big-endian machines');
  }
  if (version !== 2 && version !== 3) {
    throw new Contradiction(`it has version ${version} of the format, not 2 or 3`);
  }
}

/** One tensor's entry; its offset counts from the beginning of the data. */
function readTensor(cursor: GgufCursor): StoredTensor {
  const name = cursor.string();
  const rank = cursor.u32();
  if (rank > 4) throw new Contradiction(`"${name}" has ${rank} dimensions`);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.unshift(cursor.u64(`a size of "${name}"`));
  const typeNumber = cursor.u32();
  const type = ggmlTypes.get(typeNumber);
  if (!type) throw new Contradiction(`"${name}" has the unknown type ${typeNumber}`);
  const offset = cursor.u64(`the offset of "${name}"`);

  const values = shape.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(values)) throw new Contradiction(`"${name}" has no valid shape`);
  if ((shape.at(-1) ?? 1) % type.values !== 0) {
    throw new Contradiction(`the rows of "${name}" are not whole blocks of ${type.name}`);
  }
  return { name, dtype: type.name, shape, offset, bytes: (values / type.values) * type.bytes };
}

function isPowerOf2(n: number): boolean {
  return Number.isSafeInteger(n) && n > 0 && Number.isInteger(Math.log2(n));
}
