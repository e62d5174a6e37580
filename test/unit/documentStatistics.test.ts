import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { documentLine, documentLines } from '../../src/inspection/documentLines';
import { documentStatistics, type ReadTokens } from '../../src/inspection/documentStatistics';
import { mostSurprising, surprisingLine } from '../../src/inspection/surprisingLines';
import { rankShares } from '../../src/inspection/tokenMeasure';
import type { InspectedToken } from '../../src/protocol/inspection';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-statistics-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
const { handlers } = new Engine();

/** What inspecting the whole text says of each token, as columns. */
async function inspected(text: string, bos = false) {
  const inspection = await handlers.inspectDocument({ model, text, bos, topK: 1, stride: 32 });
  return { ...inspection, read: columnsOf(inspection.tokens) };
}

function columnsOf(tokens: readonly InspectedToken[]): ReadTokens {
  return {
    starts: Uint32Array.from(tokens, ({ start }) => start),
    ends: Uint32Array.from(tokens, ({ end }) => end),
    byteLengths: Uint32Array.from(tokens, ({ bytes }) => bytes.length),
    logprobs: Float32Array.from(tokens, ({ logprob }) => logprob ?? NaN),
    ranks: Uint32Array.from(tokens, ({ rank }) => rank ?? 0),
    entropies: Float32Array.from(tokens, ({ entropy }) => entropy ?? NaN),
  };
}

/** Tokens of one byte each, with the given probabilities; null where nothing is known. */
function bytewise(probabilities: readonly (number | null)[], rank = 1): ReadTokens {
  return {
    starts: Uint32Array.from(probabilities, (_, i) => i),
    ends: Uint32Array.from(probabilities, (_, i) => i + 1),
    byteLengths: new Uint32Array(probabilities.length).fill(1),
    logprobs: Float32Array.from(probabilities, (p) => (p === null ? NaN : Math.log(p))),
    ranks: Uint32Array.from(probabilities, (p) => (p === null ? 0 : rank)),
    entropies: Float32Array.from(probabilities, (p) => (p === null ? NaN : Math.LN2)),
  };
}

/**
 * The same by another way, from the tokens' bytes: a token's line is the number of line breaks in
 * what its bytes and those before it decode to.
 */
function byBytes(tokens: readonly InspectedToken[]) {
  const of = { bits: 0, bytes: 0, predicted: 0, entropy: 0, firsts: 0 };
  const lines = new Map<number, { bits: number; tokens: number; bytes: number }>();
  let before = Buffer.alloc(0);
  for (const { bytes, logprob, entropy, special } of tokens) {
    if (logprob !== null) {
      const bits = Math.log2(Math.E) * -logprob;
      of.bits += bits;
      of.bytes += bytes.length;
      of.predicted += 1;
      of.entropy += Math.log2(Math.E) * entropy!;
      of.firsts += bytes.filter((byte) => byte < 0x80 || byte >= 0xc0).length;
      // Whole characters only; the byte that follows says whether a carriage return ends a line.
      const text = before.toString('utf8') + (bytes[0] === 0x0a ? '\n' : '.');
      const line = text.slice(0, -1).replaceAll(/\r\n?/g, '\n').split('\n').length - (text.endsWith('\r\n') ? 1 : 0); // prettier-ignore
      const sums = lines.get(line) ?? { bits: 0, tokens: 0, bytes: 0 };
      lines.set(line, {
        bits: sums.bits + bits,
        tokens: sums.tokens + 1,
        bytes: sums.bytes + bytes.length,
      });
    }
    if (!special) before = Buffer.concat([before, Buffer.from(bytes)]);
  }
  return { ...of, lines };
}

const texts: [string, string][] = [
  ['prose', 'The quick brown fox.\nIt jumps over the lazy dog.\n\nAnd again.'],
  ['many windows', Array.from({ length: 60 }, (_, i) => `line ${i * i} of text`).join('\n')],
  ['carriage returns', 'one two\r\nthree\r\n\r\n\tfour\rfive\r\n'],
  ['emoji and Chinese', 'Grüße 👩‍👩‍👧 und 🙂‍↔️\n中文测试，很好\n\u2028 no line\n'.repeat(3)],
  ['half of a surrogate pair', 'a\ud83d\nb'],
  ['line breaks alone', '\n\n\n\r\n\n'],
];

describe('the statistics of a document', () => {
  it.each(texts)('agree with a count by bytes: %s', async (_, text) => {
    const { tokens, totals, read } = await inspected(text);
    const statistics = documentStatistics(text, read);
    const expected = byBytes(tokens);
    expect(statistics.tokens).toBe(totals.tokens);
    expect(statistics.nats).toBeCloseTo(totals.nats, 3);
    expect(statistics.bitsPerByte).toBeCloseTo(totals.bitsPerByte!, 6);
    expect(statistics.perplexity! / totals.perplexity!).toBeCloseTo(1, 6);
    expect(statistics.predicted).toBe(expected.predicted);
    expect(statistics.bytes).toBe(expected.bytes);
    expect(statistics.characters).toBe(expected.firsts);
    expect(statistics.bits).toBeCloseTo(expected.bits, 3);
    expect(statistics.bitsPerCharacter).toBeCloseTo(expected.bits / expected.firsts, 6);
    expect(statistics.meanSurprisalBits).toBeCloseTo(expected.bits / expected.predicted, 6);
    expect(statistics.meanEntropyBits).toBeCloseTo(expected.entropy / expected.predicted, 5);
    const { lines } = statistics;
    for (const line of lines.bits.keys()) {
      const { bits, tokens, bytes } = expected.lines.get(line + 1) ?? { bits: 0, tokens: 0, bytes: 0 }; // prettier-ignore
      expect([lines.tokens[line], lines.bytes[line]], `line ${line + 1}`).toEqual([tokens, bytes]);
      expect(lines.bits[line]).toBeCloseTo(bits, 4);
    }
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
    expect(sum(lines.bits)).toBeCloseTo(statistics.bits, 6);
    expect(sum(lines.tokens)).toBe(statistics.predicted);
    expect(sum(statistics.ranks)).toBe(statistics.predicted);
    expect(sum(statistics.histogram)).toBe(statistics.predicted);
  });

  it('count a beginning-of-text token as inspecting does', async () => {
    const { totals, read } = await inspected('one two three', true);
    const statistics = documentStatistics('one two three', read);
    expect(statistics.tokens).toBe(totals.tokens);
    expect(statistics.predicted).toBe(totals.tokens - 1);
    expect(statistics.bytes).toBe(13);
    expect(statistics.bitsPerByte).toBeCloseTo(totals.bitsPerByte!, 6);
  });

  it('are what one would work out by hand', () => {
    // Bits: –, 1, 2 | 3, 3 over "a", "b", "\n" | "c", "d".
    const read = bytewise([null, 1 / 2, 1 / 4, 1 / 8, 1 / 8]);
    const statistics = documentStatistics('ab\ncd', read);
    expect(statistics).toMatchObject({ tokens: 5, predicted: 4, bytes: 4, characters: 4 });
    expect(statistics.bits).toBeCloseTo(9, 6);
    expect(statistics.bitsPerByte).toBeCloseTo(9 / 4, 6);
    expect(statistics.perplexity).toBeCloseTo(2 ** (9 / 4), 5);
    expect(statistics.meanEntropyBits).toBeCloseTo(1, 6);
    expect(statistics.differenceBits).toBeCloseTo(5 / 4, 6);
    expect(Array.from(statistics.lines.bits, Math.round)).toEqual([3, 6]);
    expect(Array.from(statistics.lines.peaks)).toEqual([2, 3]);
  });

  it('sort ranks into GLTR’s buckets, and surprisal into bins of one bit', () => {
    const read = bytewise(Array<number>(8).fill(1));
    read.ranks.set([1, 2, 10, 11, 100, 1000, 1001, 50000]);
    read.logprobs.set([0, -0.5, -0.99, -1, -1.5, -2, -2.5, -9].map((bits) => bits * Math.LN2));
    const { ranks, histogram } = documentStatistics('abcdefgh', read);
    expect(ranks).toEqual([1, 2, 2, 1, 2]);
    expect(rankShares(ranks).map(({ from, to, share }) => [from, to, share])).toEqual([
      [1, 1, 1 / 8],
      [2, 10, 2 / 8],
      [11, 100, 2 / 8],
      [101, 1000, 1 / 8],
      [1001, null, 2 / 8],
    ]);
    // In float32 one bit is a hair more or less than one.
    expect([histogram[0]! + histogram[1]!, histogram[1]! + histogram[2]!]).toEqual([5, 4]);
    expect(histogram.slice(3)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  it('are of what was read so far, and of what begins behind an offset', () => {
    const read = bytewise([null, 1 / 2, null, 1 / 2, 1 / 2]);
    expect(documentStatistics('ab\ncd', read)).toMatchObject({ tokens: 5, predicted: 3 });
    const part = documentStatistics('ab\ncd', read, 4);
    expect(part).toMatchObject({ tokens: 1, predicted: 1, bytes: 1 });
    expect(Array.from(part.lines.starts)).toEqual([4]);
  });

  it.each([
    ['no text', '', 0],
    ['one token', 'x', 1],
  ])('say that nothing was predicted in %s', async (_, text, tokens) => {
    const read = text === '' ? bytewise([]) : (await inspected(text)).read;
    const statistics = documentStatistics(text, read);
    expect(statistics).toMatchObject({ tokens, predicted: 0, bits: 0, ranks: [0, 0, 0, 0, 0] });
    expect(statistics).toMatchObject({ bitsPerByte: null, perplexity: null, differenceBits: null });
    expect(mostSurprising(statistics.lines, 'bits')).toEqual([]);
  });

  it.each([
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['\n', 1],
    ['a\r\nb\rc\n\nd', 5],
  ])('have the lines of %j: %d', (text, count) => {
    expect(documentStatistics(text, bytewise([])).lines.starts).toHaveLength(count);
  });
});

describe('the most surprising lines', () => {
  const random = (() => {
    let state = 7;
    return () => (state = (state * 48271) % 2147483647) / 2147483647;
  })();
  const text = Array.from({ length: 300 }, () => 'x'.repeat(Math.floor(random() * 9))).join('\n');
  const read = bytewise(Array.from(text, () => 2 ** -Math.ceil(random() * 6)));
  const { lines } = documentStatistics(text, read);

  it.each(['bits', 'bitsPerByte'] as const)('are those of all lines in order of %s', (by) => {
    const all = Array.from(lines.bits.keys())
      .filter((line) => lines.tokens[line]! > 0)
      .map((line) => ({
        line,
        value: lines.bits[line]! / (by === 'bits' ? 1 : lines.bytes[line]!),
      })) // prettier-ignore
      .sort((a, b) => b.value - a.value || a.line - b.line)
      .map(({ line }) => line);
    expect(mostSurprising(lines, by)).toEqual(all);
    for (const count of [0, 1, 7, 299, 1000]) {
      expect(mostSurprising(lines, by, count)).toEqual(all.slice(0, count));
    }
  });

  it('come with their tokens, the line break too, and the most surprising one', () => {
    const text = 'ab\r\ncd';
    const read = bytewise([null, 1 / 2, 1 / 4, 1 / 2, 1 / 2, 1 / 16]);
    const { lines } = documentStatistics(text, read);
    const first = surprisingLine(text, read, lines, 0, 12);
    expect(first).toMatchObject({ line: 12, tokens: 3, cutBefore: false, cutAfter: false });
    expect(first.pieces.map(({ text }) => text)).toEqual(['a', 'b', '\r\n']);
    expect(first.pieces[0]!.bits).toBeNull();
    expect(first.pieces[2]!.bits).toBeCloseTo(3, 6);
    expect(first.peak).toMatchObject({ text: '\r', rank: 1 });
    const second = surprisingLine(text, read, lines, 1, 12);
    expect(second.peak.bits).toBeCloseTo(4, 6);
    expect(second.pieces.map(({ text }) => text).join('')).toBe('cd');
  });

  it('are cut around their most surprising token where they are long, between characters', () => {
    const text = '🙂'.repeat(250_000);
    const read = bytewise([]);
    const n = 250_000;
    const columns: ReadTokens = {
      ...read,
      starts: Uint32Array.from({ length: n }, (_, i) => 2 * i),
      ends: Uint32Array.from({ length: n }, (_, i) => 2 * i + 2),
      byteLengths: new Uint32Array(n).fill(4),
      logprobs: new Float32Array(n).fill(-1),
      ranks: new Uint32Array(n).fill(1),
      entropies: new Float32Array(n).fill(1),
    };
    for (const peak of [0, 1, 123_456, n - 1]) {
      columns.logprobs.fill(-1);
      columns.logprobs[peak] = -9;
      const { lines } = documentStatistics(text, columns);
      const line = surprisingLine(text, columns, lines, 0, 1);
      const shown = line.pieces.map(({ text }) => text);
      expect(shown.every((piece) => piece === '🙂')).toBe(true);
      expect(shown.length).toBeGreaterThan(75);
      expect(shown.length).toBeLessThanOrEqual(81);
      expect(line.pieces.some(({ bits }) => bits! > 12)).toBe(true);
      expect([line.cutBefore, line.cutAfter]).toEqual([peak > 50, peak < n - 50]);
    }
  });

  it('begin with a whole token where they are cut', async () => {
    const text = 'Donaudampfschifffahrtsgesellschaft '.repeat(20);
    const { read } = await inspected(text);
    const { lines } = documentStatistics(text, read);
    const line = surprisingLine(text, read, lines, 0, 1);
    expect(line.cutBefore || line.cutAfter).toBe(true);
    const shown = line.pieces.map((piece) => piece.text);
    expect(shown).toContain(line.peak.text);
    const pieces = Array.from(read.starts, (start, i) => text.slice(start, read.ends[i]));
    const all = pieces.join('|');
    expect(`|${all}|`).toContain(`|${shown.slice(0, -1).join('|')}|`);
  });

  it('show a character that several tokens share once, with the bits of all', async () => {
    const text = 'x 👩‍👩‍👧\n';
    const { read } = await inspected(text);
    const { lines } = documentStatistics(text, read);
    const { pieces, bits } = surprisingLine(text, read, lines, 0, 1);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.every((piece) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece.text))).toBe(true); // prettier-ignore
    expect(pieces.reduce((sum, piece) => sum + (piece.bits ?? 0), 0)).toBeCloseTo(bits, 6);
  });
});

describe('the list of all lines', () => {
  it('has one for each, with its text cut where it is long', () => {
    const text = `ab\n\n${'c'.repeat(30)}`;
    const read = bytewise(Array.from(text, (_, i) => (i < 3 ? 1 / Math.E : null)));
    const { lines } = documentStatistics(text, read);
    const listed = documentLines(text, read, lines, 5, 10);
    expect([0, 1, 2].map((at) => documentLine(listed, at))).toMatchObject([
      {
        line: 5,
        text: 'ab',
        tokens: 3,
        bytes: 3,
        bitsPerByte: expect.closeTo(1 / Math.LN2, 9) as number,
        peak: { text: 'a', rank: 1 },
      },
      { line: 6, text: '', tokens: 0, bits: 0, bitsPerByte: null, peak: null },
      { line: 7, text: 'ccccccccc…', tokens: 0, bits: 0, bitsPerByte: null, peak: null },
    ]);
  });
});
