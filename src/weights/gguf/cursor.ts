/** What a metadata entry holds; arrays of numbers as they come. */
export type GgufValue = number | boolean | string | readonly string[] | readonly number[];

/** The bytes in memory end before the header does; at least this many are needed. */
export class MoreNeeded extends Error {
  constructor(readonly bytes: number) {
    super();
  }
}

/** What a header says that cannot be. */
export class Contradiction extends Error {}

/** The types of metadata values by their numbers in the file. */
const types = {
  0: 'U8',
  1: 'I8',
  2: 'U16',
  3: 'I16',
  4: 'U32',
  5: 'I32',
  6: 'F32',
  7: 'bool',
  8: 'string',
  9: 'array',
  10: 'U64',
  11: 'I64',
  12: 'F64',
} as const;

/** The fewest bytes that a value of each type takes. */
const sizes = {
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  bool: 1,
  string: 8,
  array: 12,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** The longest list of tokens or merges is far below this. */
const maxElements = 4_000_000;

/**
 * Reads the beginning of a GGUF file, value by value. Nothing is made larger than what the file's
 * bytes fill: a count is believed only as far as there are bytes for it.
 */
export class GgufCursor {
  at = 0;
  private readonly view: DataView;

  /** @param fileSize of the whole file, of which `bytes` is the beginning. */
  constructor(
    private readonly bytes: Buffer,
    private readonly fileSize: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** @param what is called so where the number is beyond counting. */
  u64(what: string): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > Number.MAX_SAFE_INTEGER) throw new Contradiction(`${what} is ${value}`);
    return Number(value);
  }

  string(): string {
    const length = this.u64('the length of a text');
    const start = this.take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** A number of things of which each takes `bytesEach` bytes of the file or more. */
  count(what: string, bytesEach: number): number {
    const count = this.u64(what);
    if (count * bytesEach > this.fileSize - this.at) {
      throw new Contradiction(`${what} is ${count}, more than the file has room for`);
    }
    return count;
  }

  value(key: string): GgufValue {
    const type = this.type(key);
    return type === 'array' ? this.array(key) : this.scalar(type, key);
  }

  private array(key: string): GgufValue {
    const type = this.type(key);
    if (type === 'array') throw new Contradiction(`"${key}" is an array of arrays`);
    const count = this.count(`the length of "${key}"`, sizes[type]);
    if (count > maxElements) throw new Contradiction(`"${key}" has ${count} elements`);
    if (type === 'string') {
      const texts: string[] = [];
      for (let i = 0; i < count; i++) texts.push(this.string());
      return texts;
    }
    this.need(count * sizes[type]);
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) numbers.push(Number(this.scalar(type, key)));
    return numbers;
  }

  private type(key: string) {
    const type = this.u32();
    if (!Object.hasOwn(types, type))
      throw new Contradiction(`"${key}" has the unknown type ${type}`);
    return types[type as keyof typeof types];
  }

  private scalar(
    type: Exclude<keyof typeof sizes, 'array'>,
    key: string,
  ): number | boolean | string {
    const { view } = this;
    switch (type) {
      case 'U8':
        return view.getUint8(this.take(1));
      case 'I8':
        return view.getInt8(this.take(1));
      case 'U16':
        return view.getUint16(this.take(2), true);
      case 'I16':
        return view.getInt16(this.take(2), true);
      case 'U32':
        return this.u32();
      case 'I32':
        return view.getInt32(this.take(4), true);
      case 'F32':
        return view.getFloat32(this.take(4), true);
      case 'bool':
        return view.getUint8(this.take(1)) !== 0;
      case 'string':
        return this.string();
      case 'U64':
        return this.u64(`"${key}"`);
      case 'I64':
        return Number(view.getBigInt64(this.take(8), true));
      case 'F64':
        return view.getFloat64(this.take(8), true);
    }
  }

  /** Where the next `length` bytes begin; they are behind the cursor then. */
  private take(length: number): number {
    this.need(length);
    const start = this.at;
    this.at += length;
    return start;
  }

  private need(length: number): void {
    const end = this.at + length;
    if (end > this.fileSize) throw new Contradiction('it ends in the middle of its header');
    if (end > this.bytes.length) throw new MoreNeeded(end);
  }
}
