import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentReading } from '../../src/editor/reading/documentReading';
import type { ReadText } from '../../src/inspection/readText';
import { safeEnd, windowPlace } from '../../src/editor/reading/readWindow';
import {
  findSurprising,
  surprisingPlaces,
  type ReadSource,
} from '../../src/editor/reading/surprisingPlaces';
import { nothingSurprising, surprisingText } from '../../src/editor/reading/surprisingText';
import { Engine } from '../../src/engine/engine';
import type { EngineConnection, RequestOptions } from '../../src/protocol/engine';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

/** A text of which each token's bits are given; `null` is not known. The first is never expected. */
function source(tokens: [text: string, bits: number | null][], text?: string): ReadSource {
  const n = tokens.length;
  let at = 0;
  const spans = tokens.map(([token]) => ({ start: at, end: (at += token.length) }));
  const read = {
    ids: new Uint32Array(n),
    starts: Uint32Array.from(spans, ({ start }) => start),
    ends: Uint32Array.from(spans, ({ end }) => end),
    logprobs: Float32Array.from(tokens, ([, bits]) => (bits === null ? NaN : -bits * Math.LN2)),
    ranks: Uint32Array.from(tokens, ([, bits], i) => (bits === null || i === 0 ? 0 : 1)),
  } as unknown as ReadText;
  read.logprobs[0] = NaN;
  const all = text ?? tokens.map(([token]) => token).join('');
  return { read, text: all, from: 0, validUntil: Infinity };
}
const at = (start: number, end = start) => ({ start, end });

describe('surprising places', () => {
  const text = source([
    ['The', 0],
    [' fox', 12],
    [' jumps', 3],
    [' over', 10],
    [' it', 9.9],
  ]);

  it('are the tokens from so many bits on', () => {
    const places = surprisingPlaces(text, 10);
    expect(places).toEqual([
      { start: 3, end: 7, token: 1 },
      { start: 13, end: 18, token: 3 },
    ]);
  });

  it('count tokens that share a character once, at the most surprising of them', () => {
    const moon = source([
      ['a', 0],
      ['🌕', 11],
      ['b', 1],
    ]);
    // The emoji in two tokens that both cover it.
    const read = {
      ...moon.read,
      starts: Uint32Array.of(0, 1, 1, 3),
      ends: Uint32Array.of(1, 3, 3, 4),
      logprobs: Float32Array.of(NaN, -8, -9, -1),
      ranks: Uint32Array.of(0, 1, 1, 1),
      ids: new Uint32Array(4),
    };
    expect(surprisingPlaces({ ...moon, read }, 10)).toEqual([{ start: 1, end: 3, token: 2 }]);
  });

  it('count a line end of two characters once, and as a whole', () => {
    const lines = source([
      ['a', 0],
      ['\r', 11],
      ['\n', 12],
      ['b', 13],
      ['\r', 11],
      ['\n', 1],
    ]);
    expect(surprisingPlaces(lines, 10)).toEqual([
      { start: 1, end: 3, token: 2 },
      { start: 3, end: 4, token: 3 },
      { start: 4, end: 6, token: 4 },
    ]);
  });

  it('leave out what is not shown, and what an edit may have changed', () => {
    expect(surprisingPlaces({ ...text, from: 7 }, 10)).toHaveLength(1);
    expect(surprisingPlaces({ ...text, validUntil: 13 }, 10)).toHaveLength(1);
  });
});

describe('the next surprising token', () => {
  const text = source([
    ['The', 0],
    [' fox', 12],
    [' jumps', 3],
    [' over', 10],
    [' it', 2],
  ]);
  const start = (found: ReturnType<typeof findSurprising>) =>
    typeof found === 'object' && 'place' in found ? found.place.start : found;

  it('is the one behind the selection, and after the last the first', () => {
    expect(start(findSurprising(text, 10, at(0), 1))).toBe(3);
    expect(start(findSurprising(text, 10, at(3), 1))).toBe(3);
    expect(start(findSurprising(text, 10, at(3, 7), 1))).toBe(13);
    expect(start(findSurprising(text, 10, at(5), 1))).toBe(13);
    expect(start(findSurprising(text, 10, at(13, 18), 1))).toBe(3);
  });

  it('is, backwards, the one before it, and before the first the last', () => {
    expect(start(findSurprising(text, 10, at(20), -1))).toBe(13);
    expect(start(findSurprising(text, 10, at(13, 18), -1))).toBe(3);
    expect(start(findSurprising(text, 10, at(3, 7), -1))).toBe(13);
    expect(start(findSurprising(text, 10, at(0), -1))).toBe(13);
  });

  it('is counted', () => {
    expect(findSurprising(text, 10, at(3, 7), 1)).toMatchObject({ count: { index: 2, of: 2 } });
    expect(findSurprising(text, 10, at(3, 7), -1)).toMatchObject({ count: { index: 2, of: 2 } });
    expect(findSurprising(text, 12, at(3, 7), 1)).toMatchObject({ count: { index: 1, of: 1 } });
  });

  it('is none where none is so surprising', () => {
    expect(findSurprising(text, 20, at(0), 1)).toBe('none');
    expect(findSurprising(text, 20, at(8), -1)).toBe('none');
    expect(findSurprising(source([]), 0, at(0), 1)).toBe('none');
    expect(findSurprising(source([['a', 0]]), 0, at(0), 1)).toBe('none');
  });

  it('waits for what is not known on the way, and for no more', () => {
    const partly = source([
      ['The', 0],
      [' fox', 12],
      [' jumps', null],
      [' over', 10],
      [' it', 2],
    ]);
    expect(findSurprising(partly, 10, at(0), 1)).toEqual({
      place: { start: 3, end: 7, token: 1 },
      count: null,
    });
    expect(findSurprising(partly, 10, at(3, 7), 1)).toEqual({ unknown: 2 });
    expect(findSurprising(partly, 10, at(13), 1)).toMatchObject({ place: { token: 3 } });
    expect(findSurprising(partly, 10, at(13), -1)).toEqual({ unknown: 2 });
    expect(findSurprising(partly, 10, at(3), -1)).toMatchObject({ place: { token: 3 } });
    expect(findSurprising(partly, 20, at(13), 1)).toEqual({ unknown: 2 });
    expect(findSurprising(partly, 20, at(13), -1)).toEqual({ unknown: 2 });
  });

  it('waits for what an edit may have changed', () => {
    const edited = { ...text, validUntil: 13 };
    expect(findSurprising(edited, 10, at(0), 1)).toMatchObject({
      place: { token: 1 },
      count: null,
    });
    expect(findSurprising(edited, 10, at(3, 7), 1)).toEqual({ unknown: 3 });
  });
});

describe('what is said of a surprising token', () => {
  it('is short to see, and whole to hear', () => {
    const said = surprisingText({
      text: ' fox',
      logprob: -12.3 * Math.LN2,
      rank: 1204,
      count: { index: 3, of: 17 },
    });
    expect(said.text).toBe('·fox · 12.3 bits · rank 1,204 · 3 of 17');
    expect(said.spoken).toBe('token “·fox”, 12.3 bits, rank 1,204, 3 of 17');
  });

  it('cuts what is long, and leaves out a count that is not known', () => {
    const said = surprisingText({ text: '='.repeat(99), logprob: -1, rank: 2, count: null });
    expect(said.text).toBe(`${'='.repeat(23)}… · 1.4 bits · rank 2`);
  });

  it('names the limit where there is none', () => {
    expect(nothingSurprising(10)).toMatch(/^No token here is surprising from 10 bits on/);
    expect(nothingSurprising(1)).toMatch(/from 1 bit on/);
  });
});

describe('inspecting the window that a token was read in', () => {
  const root = mkdtempSync(join(tmpdir(), 'forward-pass-window-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
  const { handlers } = new Engine();
  const engine: EngineConnection = {
    request: async (method, params, options: RequestOptions = {}) => {
      const handle = handlers[method] as (params: unknown, options: RequestOptions) => unknown;
      return (await handle(params, options)) as never;
    },
    restart: () => undefined,
  };
  const text = 'Grüße 👩‍👩‍👧 unbelievable   中文测试\r\n\tif (x) {\r\n\r\n'.repeat(12);

  for (const bos of [false, true]) {
    describe(bos ? 'behind a beginning-of-text token' : 'of the text alone', () => {
      let read: ReadText;
      beforeAll(async () => {
        const reading = new DocumentReading({
          engine,
          parameters: () => ({ model, bos }),
          explain: (error) => (error as Error).message,
        });
        await reading.read(text);
        read = reading.text!;
      });

      it('says the same of every token', async () => {
        expect(read.windows.length).toBeGreaterThan(5);
        let behind = 0;
        for (let token = 0; token < read.ids.length; token++) {
          const { window, position, isBehind } = windowPlace(read, token);
          const { start, end } = window;
          const part = text.slice(0, safeEnd(text, read.ends[end - 1]!));
          if (token % 7 > 0 && !isBehind) continue;
          const inspection = await handlers.inspect({ model, text: part, bos, topK: 6, window: { start, end } }); // prettier-ignore
          expect(inspection.run.ids).toEqual([...read.ids.slice(start, end)]);
          expect(inspection.truncated?.tokens ?? 0).toBe(start);
          const { tokens } = inspection;
          expect(tokens.map(({ start }) => start)).toEqual([...read.starts.slice(start, end)]);
          if (isBehind) {
            behind++;
            expect(position).toBe(63);
            expect(tokens[position]!.top.map(({ id }) => id)).toEqual([...read.topIds.slice(token * 6, token * 6 + 6)]); // prettier-ignore
          } else if (token > 0) {
            expect(tokens[position]!.rank).toBe(read.ranks[token]);
            expect(tokens[position]!.logprob).toBeCloseTo(read.logprobs[token]!, 4);
          } else {
            expect(position).toBe(0);
          }
        }
        expect(behind).toBe(read.windows.length - 1);
      });
    });
  }

  it('is refused where the text has no such tokens', async () => {
    const inspect = (window: { start: number; end: number }) =>
      handlers.inspect({ model, text: 'one two three', bos: false, topK: 1, window });
    await expect(inspect({ start: 1, end: 9 })).rejects.toThrow(/does not have the tokens/);
    await expect(inspect({ start: 2, end: 2 })).rejects.toThrow(/does not have the tokens/);
    await expect(inspect({ start: NaN, end: 2 })).rejects.toThrow(/does not have the tokens/);
    expect((await inspect({ start: 1, end: 2 })).tokens.map(({ text }) => text)).toEqual([' two']);
  });

  it('cuts a text where its tokens stay as they are', () => {
    expect(safeEnd('one two three', 5)).toBe(7);
    expect(safeEnd('one two three', 7)).toBe(7);
    expect(safeEnd('one   two', 4)).toBe(9);
    expect(safeEnd('one', 1)).toBe(3);
    expect(safeEnd('', 0)).toBe(0);
  });
});
