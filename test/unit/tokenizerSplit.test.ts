import { describe, expect, it } from 'vitest';
import { r50kPieceEnd } from '../../src/tokenizer/splitR50k';

/** tiktoken's pattern in JavaScript; `\s` is spelled out, as it means something else here. */
const pattern =
  /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

function pieces(text: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = r50kPieceEnd(text, at, at);
    while (end < 0) end = r50kPieceEnd(text, at, ~end);
    result.push(text.slice(at, end));
    at = end;
  }
  return result;
}

describe('r50kPieceEnd', () => {
  it('cuts where the words say', () => {
    expect(pieces("I'll  go\n\n to 42nd, it's!")).toEqual([
      ...['I', "'ll", ' ', ' go', '\n\n', ' to', ' 42', 'nd', ',', ' it', "'s", '!'],
    ]);
  });

  it('takes U+0085 for white space, and not U+FEFF, U+180E, U+200B, U+001C', () => {
    expect(pieces('a\u0085\u0085b')).toEqual(['a', '\u0085', '\u0085', 'b']);
    for (const other of ['\ufeff', '\u180e', '\u200b', '\u001c']) {
      expect(pieces(`a${other}${other} ${other}b`)).toEqual([
        ...['a', other + other, ` ${other}`, 'b'],
      ]);
    }
  });

  it('cuts random texts as the pattern does', () => {
    const parts = Array.from(
      " \n\t\r'stmdrevlSLa1.,!é½²Ⅷ日한א😀👍\u0301\u200d\ufe0f\ufeff\u0085\u00a0\u3000\u180e\u2028\u001c\u0000",
    );
    parts.push(
      '\ud800',
      '\udfff',
      ' ',
      ' ',
      ' ',
      "'",
      "'",
      '𝕏',
      '𠮷',
      '🇩',
      '\u{10ffff}',
      '\u{e0041}',
    );
    let state = 7;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: 1 + random(24) }, () => parts[random(parts.length)]!).join(
        '',
      );
      expect(pieces(text), JSON.stringify(text)).toEqual(text.match(pattern));
    }
  });

  it('classes every character as the pattern does', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const text = `a${String.fromCodePoint(code)}1`;
      const cut = pieces(text).join('|');
      if (cut !== text.match(pattern)!.join('|')) expect.fail(`U+${code.toString(16)}: ${cut}`);
    }
  });

  it.each(['a', '1', '.', '\n', '😀', '𝕏', '\ud800'])(
    'stops on the way through a long piece and goes on: %j',
    (character) => {
      const long = character.repeat(600_000);
      expect(r50kPieceEnd(long, 0, 0)).toBeLessThan(0);
      for (const text of [long, `${long} b`, ` ${long}b`, `b${long}'s`, `😀${long}`]) {
        const cut = pieces(text);
        expect(cut.join('')).toBe(text);
        expect(cut.length).toBeLessThan(6);
        expect(cut.some((piece) => piece.length >= long.length - 1)).toBe(true);
      }
    },
  );

  it('leaves the last of a long white space to what follows', () => {
    const space = ' '.repeat(600_000);
    expect(pieces(`${space}a`)).toEqual([space.slice(1), ' a']);
    expect(pieces(`${space}\na`)).toEqual([space, '\n', 'a']);
    expect(pieces(`a${space}`)).toEqual(['a', space]);
  });
});
