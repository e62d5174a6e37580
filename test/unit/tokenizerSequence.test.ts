import { describe, expect, it } from 'vitest';
import { TokenSequence } from '../../src/tokenizer/encodedText';
import { TokenTable } from '../../src/tokenizer/tokenTable';

const table = new TokenTable(['a', 'bc', 'é', '😀', [0xf0, 0x9f], [0x98, 0x80]]);

describe('TokenSequence', () => {
  it('pushes and takes back like an array, across its blocks too', () => {
    const sequence = new TokenSequence(table);
    const array: number[] = [];
    expect(sequence.pop()).toBeUndefined();
    expect(sequence.at(-1)).toBeUndefined();
    const push = (count: number, first: number) => {
      for (let i = 0; i < count; i++) {
        sequence.push((first + i) % 4);
        array.push((first + i) % 4);
      }
    };
    const pop = (count: number) => {
      for (let i = 0; i < count; i++) expect(sequence.pop()).toBe(array.pop());
    };
    push(65_538, 0);
    pop(4);
    push(3, 1);
    pop(3);
    push(65_540, 2);
    expect(sequence.length).toBe(array.length);
    expect(Array.from(sequence.ids())).toEqual(array);
    for (const index of [0, 65_535, 65_536, -1, -array.length]) {
      expect(sequence.at(index)).toBe(array.at(index));
    }
    expect(sequence.at(array.length)).toBeUndefined();
    expect(sequence.at(-array.length - 1)).toBeUndefined();

    const units = [1, 2, 1, 2];
    const sum = array.reduce((total, id) => total + units[id]!, 0);
    expect(sequence.slice(-1)[0]!.end).toBe(sum);
    expect(sequence.slice(65_535, 65_537)).toEqual(sequence.slice().slice(65_535, 65_537));
  });

  it('gives both halves of a character its whole range', () => {
    const sequence = new TokenSequence(table);
    for (const id of [0, 4, 5, 2]) sequence.push(id);
    expect(sequence.slice().map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [1, 3],
      [1, 3],
      [3, 4],
    ]);
    expect(sequence.slice(2, 3)[0]).toMatchObject({ text: '\\x98\\x80', start: 1, end: 3 });
  });
});
