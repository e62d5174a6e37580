import { describe, expect, it } from 'vitest';
import { tokenText } from '../../src/tokenizer/tokenText';
import { characterLength, unitsBegunBy, writeUtf8 } from '../../src/tokenizer/utf8';

describe('tokenText', () => {
  it.each([
    [[], ''],
    [[0x20, 0x61], ' a'],
    [[0xc3, 0xa9], 'é'],
    [[0xc3], '\\xC3'],
    [[0xa9], '\\xA9'],
    [[0x61, 0xe2, 0x80], 'a\\xE2\\x80'],
    [[0x99, 0x62], '\\x99b'],
    [[0xf0, 0x9f, 0x98, 0x80], '😀'],
    [[0x20, 0xf0, 0x9f, 0x98], ' \\xF0\\x9F\\x98'],
    [[0x80, 0xc3, 0xa9, 0x0a, 0xe2], '\\x80é\n\\xE2'],
    [[0xef, 0xbf, 0xbd], '\ufffd'],
    [[0xef, 0xbb, 0xbf], '\ufeff'],
    [[0xef, 0xbb, 0xbf, 0x61, 0xff, 0xef, 0xbb, 0xbf], '\ufeffa\\xFF\ufeff'],
    // Overlong, a surrogate, too large.
    [[0xc0, 0x80], '\\xC0\\x80'],
    [[0xe0, 0x80, 0x80], '\\xE0\\x80\\x80'],
    [[0xed, 0xa0, 0x80], '\\xED\\xA0\\x80'],
    [[0xf4, 0x90, 0x80, 0x80], '\\xF4\\x90\\x80\\x80'],
    [[0xf5, 0x61], '\\xF5a'],
  ])('%j is %j', (bytes, text) => {
    expect(tokenText(Uint8Array.from(bytes))).toBe(text);
  });
});

describe('UTF-8', () => {
  it('is written as TextEncoder writes it', () => {
    const units = [0x61, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xffff];
    const into = new Uint8Array(32);
    for (const a of units) {
      for (const b of units) {
        for (const c of units) {
          const text = String.fromCharCode(a, b, c);
          const expected = new TextEncoder().encode(text);
          const end = writeUtf8(text, 0, 3, into, 2);
          expect(into.slice(2, end)).toEqual(expected);
          let sum = 0;
          for (const byte of expected) sum += unitsBegunBy(byte);
          expect(sum).toBe(3);
        }
      }
    }
    expect(writeUtf8('x😀', 1, 2, into, 0)).toBe(3);
    expect(Array.from(into.slice(0, 3))).toEqual([0xef, 0xbf, 0xbd]);
  });

  it('is read as TextDecoder reads it', () => {
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
    ];
    edges.push(0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isCharacter = (bytes: Uint8Array): boolean => {
      try {
        return Array.from(strict.decode(bytes)).length === 1;
      } catch {
        return false;
      }
    };
    for (const a of edges) {
      for (const b of edges) {
        for (const c of [0x7f, 0x80, 0xbf, 0xc0]) {
          for (const d of [0x7f, 0x80, 0xbf, 0xc0]) {
            const bytes = Uint8Array.of(a, b, c, d);
            const length = [1, 2, 3, 4].find((n) => isCharacter(bytes.subarray(0, n))) ?? 0;
            expect(characterLength(bytes, 0), String(bytes)).toBe(length);
          }
        }
      }
    }
    expect(characterLength(Uint8Array.of(0xf0, 0x9f, 0x98), 0)).toBe(0);
    expect(characterLength(new Uint8Array(0), 0)).toBe(0);
  });
});
