import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/gpt/random';
import { alignTokens } from '../../src/inspection/tokenAlignment';

const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

/** As "common[old|new]common". */
function written(a: string, b: string): string {
  return alignTokens(letters(a), letters(b))
    .map((stretch) => {
      const inA = a.slice(stretch.a.start, stretch.a.end);
      const inB = b.slice(stretch.b.start, stretch.b.end);
      if (stretch.kind === 'changed') return `[${inA}|${inB}]`;
      expect(inA).toBe(inB);
      return inA;
    })
    .join('');
}

it.each([
  ['', '', ''],
  ['same', 'same', 'same'],
  ['', 'new', '[|new]'],
  ['old', '', '[old|]'],
  ['abc', 'xyz', '[abc|xyz]'],
  ['the cat', 'the big cat', 'the [|big ]cat'],
  ['the big cat', 'the cat', 'the [big |]cat'],
  ['a cat sat', 'a dog sat', 'a [cat|dog] sat'],
  ['begin', 'xbegin', '[|x]begin'],
  ['end', 'endx', 'end[|x]'],
])('aligns "%s" with "%s"', (a, b, expected) => {
  expect(written(a, b)).toBe(expected);
});

/** The length of a longest common subsequence, by the table. */
function longestCommon(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] =
        a[i - 1] === b[j - 1]
          ? table[i - 1]![j - 1]! + 1
          : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[a.length]![b.length]!;
}

describe('random sequences', () => {
  const random = seededRandom(11);
  const sequence = (length: number, kinds: number) =>
    Array.from({ length }, () => Math.floor(random() * kinds));

  it.each([2, 3, 8, 40])(
    'are covered whole, with as much in common as there is: %d kinds',
    (kinds) => {
      for (let round = 0; round < 60; round++) {
        const a = sequence(Math.floor(random() * 30), kinds);
        const b = sequence(Math.floor(random() * 30), kinds);
        let [x, y, common] = [0, 0, 0];
        let last: string | null = null;
        for (const { kind, a: inA, b: inB } of alignTokens(a, b)) {
          expect([inA.start, inB.start]).toEqual([x, y]);
          expect(kind).not.toBe(last);
          if (kind === 'same') {
            expect(a.slice(inA.start, inA.end)).toEqual(b.slice(inB.start, inB.end));
            common += inA.end - inA.start;
          }
          [x, y, last] = [inA.end, inB.end, kind];
        }
        expect([x, y]).toEqual([a.length, b.length]);
        expect(common).toBe(longestCommon(a, b));
      }
    },
  );

  it('of a whole context that have nothing in common are aligned in a moment', () => {
    const start = performance.now();
    const [a, b] = [sequence(1024, 50), sequence(1024, 50).map((id) => id + 50)];
    expect(alignTokens(a, b)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
