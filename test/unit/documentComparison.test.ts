import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/gpt/random';
import { changesReport, reportedHunks } from '../../src/inspection/changesReport';
import { compareDocuments, type ComparedText } from '../../src/inspection/documentComparison';
import { linesOf } from '../../src/inspection/lineAlignment';
import { alignTokens } from '../../src/inspection/tokenAlignment';
import { loadR50kBase } from '../../src/tokenizer/r50kBase';

const tokenizer = await loadR50kBase();

/** A text as it would be read, with bits that depend on the token and the two before it. */
async function read(text: string, { bos = false } = {}): Promise<ComparedText> {
  const encoded = (await tokenizer.encode(text)).columns();
  const front = (first: number, rest: Uint32Array) =>
    bos ? Uint32Array.from([first, ...rest]) : rest;
  const ids = front(50256, encoded.ids);
  const [starts, ends, byteLengths] = [encoded.starts, encoded.ends, encoded.byteLengths].map(
    (column) => front(0, column),
  ) as [Uint32Array, Uint32Array, Uint32Array];
  const logprobs = Float32Array.from(ids, (id, i) => {
    if (i === 0) return NaN;
    return -Math.log(2) * (1 + ((id * 7 + ids[i - 1]! * 3 + (ids[i - 2] ?? 0)) % 97) / 8);
  });
  return { text, ids, starts, ends, byteLengths, logprobs };
}

/** Bits of tokens, summed one by one. */
function bits({ logprobs }: ComparedText, from = 0, to = logprobs.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = logprobs[i]!;
    if (!Number.isNaN(value)) sum -= value / Math.log(2);
  }
  return sum;
}

/** Checks everything that must hold of any comparison, by plain loops. */
function check(before: ComparedText, after: ComparedText) {
  const comparison = compareDocuments(before, after);
  const { hunks } = comparison;
  expect(comparison.before.bits).toBeCloseTo(bits(before), 6);
  expect(comparison.after.bits).toBeCloseTo(bits(after), 6);
  let parts = 0;
  let [i, j] = [0, 0];
  for (const [k, hunk] of hunks.entries()) {
    // What is not of a hunk is the same in both.
    const { tokensBefore, tokensAfter } = hunk;
    expect(tokensBefore.start - i).toBe(tokensAfter.start - j);
    for (; i < tokensBefore.start; i++, j++) expect(before.ids[i]).toBe(after.ids[j]);
    expect(hunk.bitsBefore).toBeCloseTo(bits(before, i, tokensBefore.end), 6);
    expect(hunk.bitsAfter).toBeCloseTo(bits(after, j, tokensAfter.end), 6);
    const next = hunks[k + 1];
    const endAfter = next?.tokensAfter.start ?? after.ids.length;
    const endBefore = next?.tokensBefore.start ?? before.ids.length;
    expect(hunk.knockOnTokens).toBe(endAfter - tokensAfter.end);
    const knockOn = bits(after, tokensAfter.end, endAfter) - bits(before, tokensBefore.end, endBefore); // prettier-ignore
    expect(hunk.knockOn).toBeCloseTo(knockOn, 6);
    [i, j] = [tokensBefore.end, tokensAfter.end];
    parts += hunk.difference + hunk.knockOn;
  }
  expect(before.ids.length - i).toBe(after.ids.length - j);
  for (; i < before.ids.length; i++, j++) expect(before.ids[i]).toBe(after.ids[j]);
  expect(parts).toBeCloseTo(bits(after) - bits(before), 6);
  expect(comparison.difference).toBeCloseTo(bits(after) - bits(before), 6);
  return comparison;
}

const text = 'The first line.\nThe second line.\n\nThe third line\nand the last one.\n';

describe('two versions of a text', () => {
  it('that are the same have no hunks', async () => {
    const { hunks, difference } = check(await read(text), await read(text));
    expect(hunks).toEqual([]);
    expect(difference).toBe(0);
  });

  it.each([
    ['a word', text.replace('second', 'other'), [[1, 2, 1, 2]]],
    ['two places', text.replace('first', '1st').replace('last', 'final'), [[0, 1, 0, 1], [4, 5, 4, 5]]],
    ['a line put in', text.replace('\n\n', '\nNew.\n\n'), [[2, 2, 2, 3]]],
    ['a line taken out', text.replace('The second line.\n', ''), [[1, 2, 1, 1]]],
    ['a blank line put in', text.replace('\n\n', '\n\n\n'), [[3, 3, 3, 4]]],
    ['the first line taken out', text.slice(16), [[0, 1, 0, 0]]],
    ['a line put in at the end', `${text}More.\n`, [[5, 5, 5, 6]]],
    ['the last break taken out', text.slice(0, -1), [[4, 5, 4, 5]]],
    ['everything', 'Nothing of it is left', [[0, 5, 0, 1]]],
    ['nothing is left', '', [[0, 5, 0, 0]]],
  ])('%s: the lines', async (_, changed, expected) => {
    for (const bos of [false, true]) {
      const { hunks } = check(await read(text, { bos }), await read(changed, { bos }));
      const lines = hunks.map(({ linesBefore: a, linesAfter: b }) => [a.start, a.end, b.start, b.end]); // prettier-ignore
      expect(lines).toEqual(expected);
    }
  }); // prettier-ignore

  it('a token that reaches into a changed line belongs to the change', async () => {
    // "\n\n" is one token; of "\n" and a line it is none.
    const [before, after] = [await read('a\nb\n'), await read('a\n\nb\n')];
    const { hunks } = check(before, after);
    expect(hunks).toHaveLength(1);
    expect(after.ids.length - hunks[0]!.tokensAfter.end).toBeGreaterThan(0);
  });

  it('counts the bytes of the tokens that were expected', async () => {
    const { before, after } = check(
      await read('Grüße 👋 an alle'),
      await read('Grüße 👋👋 an alle', { bos: true }),
    );
    const bytes = (of: string) => new TextEncoder().encode(of).length;
    const first = (await read('Grüße 👋 an alle')).byteLengths[0]!;
    expect(before.bitsPerByte).toBeCloseTo(before.bits / (bytes('Grüße 👋 an alle') - first), 9);
    expect(after.bitsPerByte).toBeCloseTo(after.bits / bytes('Grüße 👋👋 an alle'), 9);
    expect(check(await read(''), await read('')).after.bitsPerByte).toBeNull();
  });

  it('random edits: every token belongs to one hunk, or is unchanged', async () => {
    const random = seededRandom(5);
    const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!;
    const pieces = ['\n', '\n\n', '\r\n', ' ', '  ', '\t', 'the', 'cat', ' sat', '.', '👋', '中文', 'é', '{\n', '    ', 'x = 1']; // prettier-ignore
    const write = (n: number) => Array.from({ length: n }, () => pick(pieces)).join('');
    for (let round = 0; round < 300; round++) {
      let after = write(Math.floor(random() * 60));
      const before = after;
      for (let edits = Math.floor(random() * 4); edits >= 0; edits--) {
        const at = Math.floor(random() * (after.length + 1));
        after = after.slice(0, at) + write(Math.floor(random() * 4)) + after.slice(at + Math.floor(random() * 6)); // prettier-ignore
      }
      check(
        await read(before, { bos: round % 2 === 0 }),
        await read(after, { bos: round % 2 === 0 }),
      );
    }
  });

  it('a long file with edits at both ends takes a moment', async () => {
    const lines = Array.from({ length: 8000 }, (_, i) => `line ${i * i} of a file\n`);
    const before = await read(lines.join(''));
    const after = await read(['new\n', ...lines.slice(1, -1), 'end\n'].join(''));
    const start = performance.now();
    expect(compareDocuments(before, after).hunks).toHaveLength(2);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

describe('the report', () => {
  it('names a change by its first words, of a long line where it begins to differ', async () => {
    const words = async (before: string, after: string) =>
      reportedHunks(
        check(await read(before), await read(after)),
        { text: before },
        { text: after },
      )[0]!.words;
    expect(await words(text, text.replace('second', 'other'))).toBe('The other line.');
    expect(await words(text, text.replace('The second line.\n', ''))).toBe('The second line.');
    const long = 'word '.repeat(100);
    expect(await words(`${long}end\n`, `${long}fin\n`)).toMatch(/^…word word.* fin$/);
    expect(await words('a\n', `${'👋'.repeat(100)}\n`)).toMatch(/^👋+…$/u);
  });

  it('has all tokens of a hunk, aligned', async () => {
    const [before, after] = [await read(text), await read(text.replace('second', 'other'))];
    const { hunks } = changesReport(check(before, after), before, after, (id) => `<${id}>`);
    expect(hunks[0]!.linesAfter).toEqual({ line: 2, count: 1 });
    const kinds = hunks[0]!.stretches.map(({ kind, before, after }) => [kind, before.length, after.length]); // prettier-ignore
    expect(kinds).toEqual([
      ['same', 1, 1],
      ['changed', 1, 1],
      ['same', 3, 3],
    ]);
  });
});

describe('lines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a\n']],
    ['a\r\n\n\rb', ['a\r\n', '\n', '\r', 'b']],
  ])('of %j', (of, expected) => expect(linesOf(of)).toEqual(expected));
});

describe('long sequences', () => {
  const random = seededRandom(3);
  const sequence = (length: number, kinds: number) =>
    Array.from({ length }, () => Math.floor(random() * kinds));

  function covered(a: number[], b: number[]): number {
    let [x, y, common] = [0, 0, 0];
    for (const { kind, a: inA, b: inB } of alignTokens(a, b)) {
      expect([inA.start, inB.start]).toEqual([x, y]);
      if (kind === 'same') {
        expect(inA.end - inA.start).toBe(inB.end - inB.start);
        for (let i = 0; i < inA.end - inA.start; i++) {
          if (a[inA.start + i] !== b[inB.start + i]) expect.fail('not the same');
        }
        common += inA.end - inA.start;
      }
      [x, y] = [inA.end, inB.end];
    }
    expect([x, y]).toEqual([a.length, b.length]);
    return common;
  }

  it('with edits at the top and at the bottom are aligned exactly', () => {
    const middle = sequence(200_000, 50_000);
    const start = performance.now();
    expect(covered([1, 2, ...middle, 3], [4, ...middle, 5, 6])).toBe(200_000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('that have little in common are aligned in bounded time', () => {
    const [a, b] = [sequence(150_000, 1000), sequence(150_000, 1000)];
    const start = performance.now();
    expect(covered(a, b)).toBeGreaterThan(3000);
    expect(performance.now() - start).toBeLessThan(30_000);
    const none = b.map((id) => id + 1000);
    expect(covered(a, none)).toBe(0);
  });
});
