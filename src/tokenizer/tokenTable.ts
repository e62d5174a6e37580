import { maxUtf8Length, unitsBegunBy, writeUtf8 } from './utf8';

/**
 * Which byte strings are tokens: id → bytes, and bytes → id.
 *
 * All bytes lie in one array and the lookup is an open-addressing hash table over it, so that
 * building it takes a few milliseconds and a lookup allocates nothing: tokenizing asks for
 * several byte strings per token.
 */
export class TokenTable {
  /** One more than the largest id. */
  readonly size: number;
  /** Bytes of the longest token. */
  readonly maxLength: number;
  /** For each id, the UTF-16 units of the characters that begin in the token. */
  readonly utf16Units: Uint8Array;
  private readonly pool: Uint8Array;
  /** Where each token's bytes begin in `pool`; one more entry for the end. */
  private readonly offsets: Uint32Array;
  /** Ids by hash; -1 where the slot is free. */
  private readonly slots: Int32Array;

  /**
   * @param tokens by id: UTF-8 text where the bytes are such, else the bytes; undefined where no
   *   ordinary token has this id
   * @param special names of special tokens: they have bytes, but are not found by them
   */
  constructor(
    tokens: readonly (string | readonly number[] | undefined)[],
    private readonly special: ReadonlyMap<number, string> = new Map(),
  ) {
    this.size = Math.max(tokens.length, ...Array.from(special.keys(), (id) => id + 1));
    this.offsets = new Uint32Array(this.size + 1);
    let pool = new Uint8Array(this.size * 8);
    let used = 0;
    let maxLength = 0;
    for (let id = 0; id < this.size; id++) {
      const token = special.get(id) ?? tokens[id] ?? '';
      const room = maxUtf8Length(token.length);
      if (used + room > pool.length) {
        const larger = new Uint8Array(2 * (used + room));
        larger.set(pool);
        pool = larger;
      }
      this.offsets[id] = used;
      if (typeof token === 'string') {
        used = writeUtf8(token, 0, token.length, pool, used);
      } else {
        pool.set(token, used);
        used += token.length;
      }
      if (!special.has(id)) maxLength = Math.max(maxLength, used - this.offsets[id]!);
    }
    this.offsets[this.size] = used;
    this.pool = pool.slice(0, used);
    this.maxLength = maxLength;

    // At most a quarter full, so that a miss, the usual answer while merging, ends soon.
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.size * 4))).fill(-1);
    this.utf16Units = new Uint8Array(this.size);
    for (let id = 0; id < this.size; id++) {
      const from = this.offsets[id]!;
      const to = this.offsets[id + 1]!;
      if (from === to) continue;
      for (let i = from; i < to; i++) this.utf16Units[id]! += unitsBegunBy(this.pool[i]!);
      if (special.has(id)) continue;
      let slot = hash(this.pool, from, to) & (this.slots.length - 1);
      while (this.slots[slot] !== -1) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = id;
    }
  }

  /** The bytes of a token: a view, not to be written to. Empty where no token has this id. */
  bytesOf(id: number): Uint8Array {
    return this.pool.subarray(this.offsets[id], this.offsets[id + 1]);
  }

  isSpecial(id: number): boolean {
    return this.special.has(id);
  }

  /** The id of the token whose bytes are `bytes[from, to)`, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const { pool, offsets, slots } = this;
    const length = to - from;
    let slot = hash(bytes, from, to) & (slots.length - 1);
    for (;;) {
      const id = slots[slot]!;
      if (id === -1) return -1;
      const offset = offsets[id]!;
      if (offsets[id + 1]! - offset === length) {
        let i = 0;
        while (i < length && pool[offset + i] === bytes[from + i]) i++;
        if (i === length) return id;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
  }
}

/** FNV-1a, with its high bits folded in because the table uses the low ones. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let i = from; i < to; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return value ^ (value >>> 15);
}
