import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { DocumentReading, mostCharacters } from '../../src/editor/reading/documentReading';
import { tokenAt } from '../../src/inspection/readText';
import { followSpan } from '../../src/editor/reading/followSpan';
import { staleFrom } from '../../src/editor/reading/staleFrom';
import { Engine } from '../../src/engine/engine';
import type { EngineConnection, EngineMethod, RequestOptions } from '../../src/protocol/engine';
import type { TextWindow } from '../../src/protocol/reading';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-reading-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
const { handlers } = new Engine();
const { nCtx } = { nCtx: 64 };

/** The engine in this process; keeps what it was asked. */
let asked: { method: EngineMethod; first?: number; rows?: number }[] = [];
let failure: Error | null = null;
const engine: EngineConnection = {
  request: async (method, params, options: RequestOptions = {}) => {
    const window = params as { ids?: Uint32Array; first?: number };
    asked.push(
      method === 'readWindow'
        ? { method, first: window.first!, rows: window.ids!.length - 1 - window.first! }
        : { method },
    );
    if (failure) throw failure;
    const handle = handlers[method] as (params: unknown, options: RequestOptions) => unknown;
    const result = await handle(params, options);
    options.signal?.throwIfAborted();
    return result as never;
  },
  restart: () => undefined,
};
let bos = false;
const context = {
  engine,
  parameters: () => ({ model, bos }),
  explain: (error: unknown) => (error as Error).message,
};
const words = (count: number, of = (i: number) => `word${i * i}`) =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ');
const windowsAsked = () => asked.filter(({ method }) => method === 'readWindow').length;

beforeEach(() => {
  asked = [];
  failure = null;
  bos = false;
});

/** What the command line says of the text: one engine call over the same windows. */
async function whole(text: string) {
  const stride = nCtx / 2;
  return (await handlers.inspectDocument({ model, text, bos, topK: 6, stride })).tokens;
}

async function expectAsWhole(reading: DocumentReading, text: string) {
  const tokens = await whole(text);
  const read = reading.text!;
  expect(Array.from(read.ids)).toEqual(tokens.map(({ id }) => id));
  expect(Array.from(read.starts)).toEqual(tokens.map(({ start }) => start));
  expect(Array.from(read.ends)).toEqual(tokens.map(({ end }) => end));
  expect(Array.from(read.byteLengths)).toEqual(tokens.map(({ bytes, special }) => (special ? 0 : bytes.length))); // prettier-ignore
  for (const [i, { logprob, rank, entropy }] of tokens.entries()) {
    if (logprob === null) {
      expect(read.logprobs[i]).toBeNaN();
      expect(read.ranks[i]).toBe(0);
      continue;
    }
    expect(read.logprobs[i]).toBeCloseTo(logprob, 4);
    expect(read.ranks[i]).toBe(rank);
    expect(read.entropies[i]).toBeCloseTo(entropy!, 4);
    const top = tokens[i - 1]!.top;
    expect(Array.from(read.topIds.subarray(i * 6, i * 6 + 6))).toEqual(top.map(({ id }) => id));
  }
}

describe('reading a document', () => {
  it.each([
    ['a text that fits', words(10)],
    ['a text of exactly one context', 'word '.repeat(63) + 'word'],
    ['a text of one token more', 'word '.repeat(64) + 'word'],
    ['many windows', words(200)],
    ['emoji, Chinese and line endings', 'Grüße 👩‍👩‍👧 中文测试\r\n\tif (x) {\r\n'.repeat(20)],
    ['one character', 'x'],
  ])('knows of each token what inspecting the whole says: %s', async (_, text) => {
    const reading = new DocumentReading(context);
    await reading.read(text);
    expect(reading.error).toBeNull();
    expect(reading.complete).toBe(true);
    await expectAsWhole(reading, text);
  });

  it('knows the first token too, behind a beginning-of-text token', async () => {
    bos = true;
    const reading = new DocumentReading(context);
    await reading.read(words(50));
    expect(reading.text!.ranks[1]).toBeGreaterThan(0);
    await expectAsWhole(reading, words(50));
  });

  it('is done with an empty text at once', async () => {
    const reading = new DocumentReading(context);
    await reading.read('');
    expect(reading.complete).toBe(true);
    expect(reading.text!.ids).toHaveLength(0);
    expect(windowsAsked()).toBe(0);
  });

  it('begins with the part that is looked at', async () => {
    const text = words(300);
    const reading = new DocumentReading(context);
    const order: number[] = [];
    reading.onDidChange(() => {
      const read = reading.text;
      if (!read) return;
      for (const [i, { first }] of read.windows.entries()) {
        if (read.ranks[first + 1]! > 0 && !order.includes(i)) order.push(i);
      }
    });
    const middle = Math.floor(text.length / 2);
    reading.prefer([{ start: middle, end: middle + 40 }]);
    await reading.read(text);
    const read = reading.text!;
    const holds = ({ first, end }: TextWindow) =>
      read.starts[first + 1]! <= middle + 40 && read.ends[Math.min(end, read.ids.length - 1)]! >= middle; // prettier-ignore
    expect(holds(read.windows[order[0]!]!)).toBe(true);
    expect(order).toHaveLength(read.windows.length);
    expect(order[0]).toBeGreaterThan(1);
  });

  it('computes at most one window again after an edit at the end, and only its last rows', async () => {
    const text = words(300);
    const reading = new DocumentReading(context);
    await reading.read(text);
    asked = [];
    const edited = text + 'x';
    reading.edited(text.length, (end) => text.slice(0, end));
    await reading.read(edited);
    expect(windowsAsked()).toBe(1);
    expect(asked.at(-1)!.rows).toBeLessThan(4);
    await expectAsWhole(reading, edited);
  });

  it('keeps what comes before an edit in the middle, and reads on from there', async () => {
    const text = words(300);
    const reading = new DocumentReading(context);
    await reading.read(text);
    const windows = reading.text!.windows.length;
    asked = [];
    const middle = text.indexOf(' ', text.length / 2);
    const edited = `${text.slice(0, middle)} and more${text.slice(middle)}`;
    await reading.read(edited);
    expect(windowsAsked()).toBeLessThan(0.6 * windows);
    await expectAsWhole(reading, edited);
  });

  it('keeps what lies windows away from a change of as many tokens', async () => {
    const text = words(300, () => 'word');
    const reading = new DocumentReading(context);
    await reading.read(text);
    asked = [];
    const edited = text.replace('word word', 'word fish');
    await reading.read(edited);
    expect(windowsAsked()).toBe(1);
    await expectAsWhole(reading, edited);
  });

  it('does not count as known what an edit may have changed', async () => {
    const text = 'one two three four';
    const reading = new DocumentReading(context);
    await reading.read(text);
    expect(reading.validUntil).toBe(Infinity);
    reading.edited(9, (end) => text.slice(0, end));
    expect(reading.validUntil).toBe('one two'.length);
    expect(reading.complete).toBe(false);
  });

  it('is superseded by a later call', async () => {
    const reading = new DocumentReading(context);
    const first = reading.read(words(300));
    const second = reading.read('another text');
    await Promise.all([first, second]);
    expect(reading.text!.ends.at(-1)).toBe('another text'.length);
    expect(reading.complete).toBe(true);
    expect(reading.busy).toBe(false);
  });

  it('stops when told, and keeps what it has', async () => {
    const reading = new DocumentReading(context);
    const work = reading.read(words(300));
    reading.onDidChange(() => {
      if (reading.fraction > 0.2) reading.stop();
    });
    await work;
    expect(reading.error).toBeNull();
    expect(reading.busy).toBe(false);
    expect(reading.fraction).toBeGreaterThan(0.2);
    expect(reading.fraction).toBeLessThan(0.5);
  });

  it('says what went wrong, and forgets it with the next try', async () => {
    const reading = new DocumentReading(context);
    failure = new Error('The engine stopped.');
    await reading.read('some text');
    expect(reading.error).toBe('The engine stopped.');
    failure = null;
    await reading.read('some text');
    expect(reading.error).toBeNull();
    expect(reading.complete).toBe(true);
  });

  it('refuses a text that is too long, and shows nothing of the one before', async () => {
    const reading = new DocumentReading(context);
    await reading.read('some text');
    await reading.read('a'.repeat(mostCharacters + 1));
    expect(reading.error).toMatch(/up to 5,000,000 characters/);
    expect(reading.text).toBeNull();
    expect(reading.complete).toBe(false);
  });

  it('takes nothing over from another model or setting', async () => {
    const reading = new DocumentReading(context);
    await reading.read(words(100));
    bos = true;
    asked = [];
    await reading.read(words(100));
    expect(windowsAsked()).toBe(reading.text!.windows.length);
    await expectAsWhole(reading, words(100));
  });
});

describe('the token at an offset', () => {
  it('is the one that holds it, and the one behind the text at its end', async () => {
    const reading = new DocumentReading(context);
    await reading.read('one two');
    const { text } = reading;
    expect([0, 2, 3, 6, 7].map((offset) => tokenAt(text!, offset))).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('where an edit may change tokens from', () => {
  const text = 'one two  three';
  it.each([
    [text.length, 'one two'.length],
    [9, 7],
    [3, 0],
    [0, 0],
  ])('%d → %d', (offset, from) => {
    expect(staleFrom(offset, (end) => text.slice(0, end))).toBe(from);
  });
});

describe('a part of a document', () => {
  const part = { start: 10, end: 20 };
  it.each([
    ['an edit before it shifts it', [2, 3, 'x'], { start: 8, end: 18 }],
    ['text put in at its beginning is not of it', [10, 0, 'ab'], { start: 12, end: 22 }],
    ['text put in at its end is of it', [20, 0, 'ab'], { start: 10, end: 22 }],
    ['an edit inside makes it longer', [12, 1, 'abc'], { start: 10, end: 22 }],
    ['what follows changes nothing', [20, 4, ''], part],
    ['cut across its beginning', [5, 10, 'ab'], { start: 7, end: 12 }],
    ['cut across its end', [15, 10, 'ab'], { start: 10, end: 17 }],
    ['cut out whole', [5, 30, ''], { start: 5, end: 5 }],
  ] as const)('%s', (_, [rangeOffset, rangeLength, text], expected) => {
    expect(followSpan(part, [{ rangeOffset, rangeLength, text }])).toEqual(expected);
  });
});
