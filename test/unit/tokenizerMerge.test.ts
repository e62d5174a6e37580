import ranks from 'gpt-tokenizer/bpeRanks/r50k_base';
import { describe, expect, it } from 'vitest';
import { BytePairMerge } from '../../src/tokenizer/bytePairMerge';
import { mergeLongPiece } from '../../src/tokenizer/mergeLongPiece';
import { TokenTable } from '../../src/tokenizer/tokenTable';

const r50k = new TokenTable(ranks);

/**
 * Tokens `a b c`, and pairs that compete: what becomes of a byte hangs on bytes far to its right.
 * All 256 bytes come first, then the merges in order of rank.
 */
const contested = new TokenTable([
  ...Array.from({ length: 256 }, (_, byte) => [byte]),
  'cd',
  'bc',
  'ab',
  'bcbc',
  'da',
  'cdab',
  'aa',
  'aaaa',
  'aab',
]);

describe('BytePairMerge', () => {
  it('gives every token of r50k_base back', () => {
    const merge = new BytePairMerge(r50k);
    const others: number[] = [];
    for (let id = 0; id < r50k.size; id++) {
      const bytes = r50k.bytesOf(id);
      const count = merge.merge(bytes, 0, bytes.length);
      if (count !== 1 || merge.ids[0] !== id) others.push(id);
    }
    expect(others).toEqual([]);
  });

  it('merges the lowest rank first and the leftmost of equals', () => {
    expect(encode(contested, 'abcd')).toEqual(['ab', 'cd']);
    expect(encode(contested, 'abc')).toEqual(['a', 'bc']);
    expect(encode(contested, 'aaa')).toEqual(['aa', 'a']);
    expect(encode(contested, 'aaab')).toEqual(['aa', 'ab']);
    expect(encode(contested, 'abcda')).toEqual(['ab', 'cd', 'a']);
  });

  it('encodes a part of the bytes, and nothing', () => {
    const merge = new BytePairMerge(r50k);
    const bytes = Buffer.from('xxhellozz');
    expect(merge.merge(bytes, 2, 7)).toBe(1);
    expect(merge.ids[0]).toBe(31373);
    expect(merge.starts[0]).toBe(2);
    expect(merge.merge(bytes, 3, 3)).toBe(0);
  });

  it('needs a token for every byte', () => {
    expect(() => new BytePairMerge(new TokenTable(['a', 'b']))).toThrow('byte 0');
  });
});

describe('TokenTable', () => {
  it('finds every token and only those', () => {
    const lost: number[] = [];
    for (let id = 0; id < r50k.size; id++) {
      const bytes = r50k.bytesOf(id);
      if (r50k.find(bytes, 0, bytes.length) !== id) lost.push(id);
    }
    expect(lost).toEqual([]);
    const bytes = Buffer.from(' theqqq');
    expect(r50k.find(bytes, 0, 4)).toBe(262);
    expect(r50k.find(bytes, 0, 7)).toBe(-1);
  });

  it('tells byte strings apart that differ in one byte and share a slot', () => {
    const strings = Array.from({ length: 256 }, (_, byte) => [byte, 7, 255 - byte]);
    const table = new TokenTable(strings.slice(0, 200));
    const found = strings.map((string) => table.find(Uint8Array.from(string), 0, 3));
    expect(found).toEqual(strings.map((_, id) => (id < 200 ? id : -1)));
    const others = Array.from({ length: 65536 }, (_, pair) => [pair >> 8, 7, pair & 255]);
    const wrong = others.filter(([first, , last]) => first! + last! !== 255);
    expect(wrong.some((string) => table.find(Uint8Array.from(string), 0, 3) !== -1)).toBe(false);
  });

  it('leaves out an id that no ordinary token has', () => {
    const table = new TokenTable(['a', undefined, 'é', [0x80]]);
    expect(table.size).toBe(4);
    expect(table.maxLength).toBe(2);
    expect(table.bytesOf(1).length).toBe(0);
    expect(Array.from(table.utf16Units)).toEqual([1, 0, 1, 0]);
    expect(table.find(Buffer.from('é'), 0, 2)).toBe(2);
    expect(table.find(new Uint8Array(0), 0, 0)).toBe(-1);
  });
});

describe('mergeLongPiece', () => {
  const alphabets = [
    'a',
    'ab',
    'abcd',
    'aeinst',
    '=-*',
    'ÃÂ',
    '的一是',
    '😀\u200d',
    ' ',
    '\u0000é7',
  ];

  it.each(alphabets)('gives what merging at once gives, whatever the window: %j', (alphabet) => {
    const random = numbers(1);
    for (const table of [r50k, contested]) {
      const merge = new BytePairMerge(table);
      for (const length of [1, 2, 3, 40, 129, 300, 1000]) {
        const letters = Array.from(alphabet);
        const text = Array.from({ length }, () => letters[random(letters.length)]!).join('');
        const bytes = new TextEncoder().encode(text);
        const count = merge.merge(bytes, 0, bytes.length);
        const expected = Array.from(merge.ids.subarray(0, count));
        for (const window of [1, 2, 3, 7, 16, 50, 128, 200, 5000]) {
          const ids: number[] = [];
          Array.from(mergeLongPiece(merge, bytes, ids, window));
          expect(ids, `window ${window}, ${JSON.stringify(text)}`).toEqual(expected);
        }
      }
    }
  });

  it('does work in proportion to the length', () => {
    const work = (text: string): number => {
      let squares = 0;
      const merge = new (class extends BytePairMerge {
        override merge(bytes: Uint8Array, from: number, to: number): number {
          squares += (to - from) ** 2;
          return super.merge(bytes, from, to);
        }
      })(r50k);
      const bytes = new TextEncoder().encode(text);
      Array.from(mergeLongPiece(merge, bytes, []));
      return squares / bytes.length;
    };
    for (const letters of ['a', 'abcdefghij', '-', '😀', ' ']) {
      const few = work(letters.repeat(2_000));
      const many = work(letters.repeat(40_000));
      expect(many / few, letters).toBeLessThan(1.2);
      expect(many, letters).toBeLessThan(1_000);
    }
  });
});

function encode(table: TokenTable, text: string): string[] {
  const merge = new BytePairMerge(table);
  const bytes = new TextEncoder().encode(text);
  const count = merge.merge(bytes, 0, bytes.length);
  return Array.from(merge.ids.subarray(0, count), (id) =>
    Buffer.from(table.bytesOf(id)).toString(),
  );
}

/** Repeatable random numbers from 0 to below `limit` (Numerical Recipes' linear congruence). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
