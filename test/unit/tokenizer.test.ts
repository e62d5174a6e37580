import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Token } from '../../src/protocol/inspection';
import { loadR50kBase } from '../../src/tokenizer/r50kBase';
import type { Tokenizer } from '../../src/tokenizer/tokenizer';

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/tokenizer/r50k.json'), 'utf8'),
) as { short: { text: string }[] };
const texts = golden.short.map(({ text }) => text);

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadR50kBase();
});

describe('r50k_base', () => {
  it('names itself and its size', () => {
    expect(tokenizer.name).toBe('r50k_base');
    expect(tokenizer.vocabSize).toBe(50257);
    expect(tokenizer.endOfTextId).toBe(50256);
  });

  it('is read once', async () => {
    expect(await loadR50kBase()).toBe(tokenizer);
  });

  it('knows the bytes of every token', () => {
    expect(Array.from(tokenizer.bytesOf(464))).toEqual([84, 104, 101]);
    expect(Array.from(tokenizer.bytesOf(222))).toEqual([0x80]);
    expect(Buffer.from(tokenizer.bytesOf(50256)).toString()).toBe('<|endoftext|>');
    const seen = new Set<string>();
    for (let id = 0; id < tokenizer.vocabSize; id++) {
      seen.add(Buffer.from(tokenizer.bytesOf(id)).toString('latin1'));
    }
    expect(seen.size).toBe(50257);
    expect(seen.has('')).toBe(false);
  });

  it.each([-1, 50257, 1.5, NaN, Infinity])('has no token %d', (id) => {
    expect(() => tokenizer.bytesOf(id)).toThrow(RangeError);
    expect(() => tokenizer.textOf(id)).toThrow(RangeError);
  });

  it('writes no token with a replacement character that is not in its bytes', () => {
    const wrong: number[] = [];
    for (let id = 0; id < tokenizer.vocabSize; id++) {
      const replaced = tokenizer.textOf(id).includes('\ufffd');
      if (replaced !== Buffer.from(tokenizer.bytesOf(id)).includes('\ufffd')) wrong.push(id);
    }
    expect(wrong).toEqual([]);
  });

  it('describes tokens as the protocol has them', async () => {
    const encoded = await tokenizer.encode('Hi 😀');
    expect(encoded.slice()).toEqual([
      { id: 17250, text: 'Hi', bytes: [72, 105], start: 0, end: 2, special: false },
      {
        id: 30325,
        text: ' \\xF0\\x9F\\x98',
        bytes: [0x20, 0xf0, 0x9f, 0x98],
        start: 2,
        end: 5,
        special: false,
      },
      { id: 222, text: '\\x80', bytes: [0x80], start: 3, end: 5, special: false },
    ] satisfies Token[]);
  });

  it('takes <|endoftext|> in a text for text', async () => {
    const tokens = (await tokenizer.encode('a<|endoftext|>')).slice();
    expect(tokens.length).toBeGreaterThan(2);
    expect(tokens.some(({ id, special }) => id === 50256 || special)).toBe(false);
  });
});

describe('every text', () => {
  it('is the bytes of its tokens', async () => {
    for (const text of texts) {
      const tokens = (await tokenizer.encode(text)).slice();
      const bytes = Buffer.concat(tokens.map((token) => Uint8Array.from(token.bytes)));
      expect(bytes.equals(Buffer.from(text, 'utf8')), JSON.stringify(text)).toBe(true);
      for (const { id, bytes, text } of tokens) {
        expect(bytes).toEqual(Array.from(tokenizer.bytesOf(id)));
        expect(text).toBe(tokenizer.textOf(id));
      }
    }
  });

  it('has for each token the range of the characters that its bytes touch', async () => {
    for (const text of texts) {
      const characterOfByte = rangesByByte(text);
      let byte = 0;
      for (const { bytes, start, end } of (await tokenizer.encode(text)).slice()) {
        const message = JSON.stringify(text);
        expect(start, message).toBe(characterOfByte[byte]!.start);
        expect(end, message).toBe(characterOfByte[byte + bytes.length - 1]!.end);
        byte += bytes.length;
      }
      expect(byte).toBe(characterOfByte.length);
    }
  });

  it('is cut into the same tokens wherever a slice begins', async () => {
    const text = texts.join(' ');
    const encoded = await tokenizer.encode(text);
    const all = encoded.slice();
    // More than one block of ids, so that a slice may begin in the second.
    const repeated = await tokenizer.encode(text.repeat(8));
    expect(repeated.length).toBeGreaterThan(1 << 16);
    const whole = repeated.slice();
    expect(whole.at(-1)!.end).toBe(8 * text.length);
    for (let from = 0; from < all.length; from += 7) {
      expect(encoded.slice(from, from + 3)).toEqual(all.slice(from, from + 3));
    }
    for (let from = (1 << 16) - 9; from < (1 << 16) + 9; from++) {
      expect(repeated.slice(from, from + 5)).toEqual(whole.slice(from, from + 5));
      expect(Array.from(repeated.ids(from, from + 5))).toEqual(
        whole.slice(from, from + 5).map(({ id }) => id),
      );
    }
  });

  it('answers bounds as Array.slice does', async () => {
    const encoded = await tokenizer.encode('one two three four');
    const ids = Array.from(encoded.ids());
    expect(ids.length).toBe(encoded.length);
    for (const [from, to] of [
      [-2, undefined],
      [-100, 2],
      [1, -1],
      [3, 1],
      [2, 100],
      [100, 200],
      [0, 0],
    ] as const) {
      expect(Array.from(encoded.ids(from, to))).toEqual(ids.slice(from, to));
      expect(encoded.slice(from, to).map(({ id }) => id)).toEqual(ids.slice(from, to));
    }
    expect((await tokenizer.encode('')).slice()).toEqual([]);
  });
});

describe('a long text', () => {
  const words = 'the quick brown fox '.repeat(150_000); // 3 MB, some 600,000 tokens

  it('lets the event loop turn and tells how far it is', async () => {
    let turns = 0;
    let encoding = true;
    const turn = () => {
      turns++;
      if (encoding) setImmediate(turn);
    };
    setImmediate(turn);
    const fractions: number[] = [];
    await tokenizer.encode(words, undefined, (fraction) => fractions.push(fraction));
    encoding = false;
    expect(turns).toBeGreaterThan(3);
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeGreaterThan(0);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['words', words],
    ['one word', 'a'.repeat(5_000_000)],
    ['white space', ' '.repeat(8_000_000)],
    ['emoji', '😀'.repeat(1_000_000)],
  ])('of %s stops soon when it is cancelled', async (_, text) => {
    const abort = new AbortController();
    const fractions: number[] = [];
    const reason = new Error('cancelled');
    const encoding = tokenizer.encode(text, abort.signal, (fraction) => {
      fractions.push(fraction);
      if (fractions.length === 2) abort.abort(reason);
    });
    await expect(encoding).rejects.toBe(reason);
    expect(fractions.length).toBe(2);
    expect(fractions[1]).toBeLessThan(0.8);
  });

  it('is not begun when the signal is aborted already', async () => {
    const reason = new Error('cancelled');
    await expect(tokenizer.encode('a', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  // Regular expressions keep a way back for every character of a run: these would end in a
  // RangeError, and merging each at once would take hours.
  it.each([
    ['a', 1_000_000],
    ['é', 600_000],
    ['😀', 300_000],
    [' ', 1_000_000],
    ['7', 600_000],
    ['=', 600_000],
  ])('may be one piece: %s × %d', async (character, times) => {
    const encoded = await tokenizer.encode(character.repeat(times));
    const last = encoded.slice(-1)[0]!;
    expect(last.end).toBe(character.length * times);
    let bytes = 0;
    for (const id of encoded.ids()) bytes += tokenizer.bytesOf(id).length;
    expect(bytes).toBe(Buffer.byteLength(character) * times);
  });
});

/** For each byte of the text's UTF-8, the UTF-16 range of its character. */
function rangesByByte(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    for (let i = 0; i < Buffer.byteLength(character); i++) ranges.push({ start, end });
    start = end;
  }
  return ranges;
}
