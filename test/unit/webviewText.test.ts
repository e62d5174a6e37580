import { describe, expect, it } from 'vitest';
import {
  bits,
  count,
  counted,
  figure,
  hex,
  percent,
  signed,
  weight,
} from '../../src/webview/format';
import { isByteToken, tokenPieces } from '../../src/webview/tokenPieces';

describe('numbers', () => {
  it('are written with three digits that mean something', () => {
    expect(percent(0.912345)).toBe('91.2%');
    expect(percent(0.0452)).toBe('4.52%');
    expect(percent(0.000451)).toBe('0.0451%');
    expect(percent(1e-5)).toBe('0.00100%');
    expect(percent(9.99e-6)).toBe('1.0×10⁻³%');
    expect(percent(3.14e-9)).toBe('3.1×10⁻⁷%');
    expect(percent(0)).toBe('0%');
    expect(weight(0.4123)).toBe('0.412');
    expect(weight(0)).toBe('0.000');
    expect(weight(3.14e-5)).toBe('3.1×10⁻⁵');
    expect(figure(31.234)).toBe('31.2');
    expect(figure(1234.5)).toBe('1,235');
    expect(bits(Math.LN2 * 3.416)).toBe('3.42 bits');
    expect(signed(-3.14159, 3)).toBe('−3.142');
    expect(signed(-0.0001)).toBe('0.00');
    expect(count(50257)).toBe('50,257');
    expect(counted(1, 'token')).toBe('1 token');
    expect(counted(3921, 'character')).toBe('3,921 characters');
    expect(hex([0x20, 0x66, 0x0a])).toBe('20 66 0A');
  });

  it('never round a probability up to certainty', () => {
    expect(percent(1)).toBe('100%');
    for (const almost of [0.9996, 0.99996, 0.9999999, 1 - 2 ** -52]) {
      expect(percent(almost)).not.toBe('100%');
    }
    expect(percent(0.99961)).toBe('99.961%');
  });
});

describe('pieces of a token', () => {
  const cut = (text: string, next?: string) =>
    tokenPieces(text, next).map(({ text: piece, breaks }) => `${piece}${breaks ? '|' : ''}`);

  it('end where the text breaks its lines', () => {
    expect(cut(' fox')).toEqual([' fox']);
    expect(cut('\n\n')).toEqual(['\n|', '\n|']);
    expect(cut('a\r\nb\rc')).toEqual(['a\r\n|', 'b\r|', 'c']);
    expect(cut('')).toEqual(['']);
  });

  it('leave a carriage return with the line feed that the next token begins with', () => {
    expect(cut(';\r', '\n')).toEqual([';\r']);
    expect(cut(';\r', 'x')).toEqual([';\r|']);
    expect(cut(';\r')).toEqual([';\r|']);
  });

  it('join up to the token', () => {
    for (const text of ['a\n', '\r\n\r\n', 'x\ry\nz', ' ']) {
      expect(
        tokenPieces(text, undefined)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });

  it('tell a token of loose bytes from one that only spells them', () => {
    expect(isByteToken('\\xF0\\x9F', [0xf0, 0x9f])).toBe(true);
    expect(isByteToken('\\xF0', [0x5c, 0x78, 0x46, 0x30])).toBe(false);
  });
});
