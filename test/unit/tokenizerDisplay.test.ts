import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayToken } from '../../src/tokenizer/tokenDisplay';

/** Format characters that are drawn: signs before Arabic and Syriac numbers, hieroglyph joiners. */
const withShape =
  /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\p{Script=Egyptian_Hieroglyphs}]$/u;

describe('displayToken', () => {
  it.each([
    ['', ''],
    ['the', 'the'],
    [' the', '·the'],
    ['\t\n\r', '→⏎␍'],
    ['\u00a0', '⍽'],
    ['\u0000\u001b\u007f', '␀␛␡'],
    ['\u0085', '⟨U+0085⟩'],
    ['\u2003\u3000\u2028', '⟨U+2003⟩⟨U+3000⟩⟨U+2028⟩'],
    ['\u200b\u200d\u2060\u00ad', '⟨U+200B⟩⟨U+200D⟩⟨U+2060⟩⟨U+00AD⟩'],
    ['\ufeffa', '⟨U+FEFF⟩a'],
    ['\u200f\u202e\u2066\u061c', '⟨U+200F⟩⟨U+202E⟩⟨U+2066⟩⟨U+061C⟩'],
    ['\ue000\u{10ffff}\ufdd0', '⟨U+E000⟩⟨U+10FFFF⟩⟨U+FDD0⟩'],
    ['\ud800', '⟨U+D800⟩'],
    ['\ufe0f', '⟨U+FE0F⟩'],
    ['\u{e0041}', '⟨U+E0041⟩'],
    ['\u0301', '◌\u0301'],
    ['\u0301a\u0301', '◌\u0301a\u0301'],
    [' \\xE2\\x80', '·\\xE2\\x80'],
    ['\ufffd', '\ufffd'],
  ])('%j is shown as %j', (text, shown) => {
    expect(displayToken(text)).toBe(shown);
  });

  it.each([
    '👨‍👩‍👧‍👦',
    '👩🏽‍💻',
    '🏳️‍🌈',
    '❤️‍🔥',
    '🇩🇪',
    '1️⃣',
    '☺︎',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    'שלום',
    'مرحبا',
    '葛\u{e0100}',
    'नमस्ते',
    'é',
    '½²#*0',
  ])('%s stays as it is', (text) => {
    expect(displayToken(text)).toBe(text);
  });

  it('names a joiner that joins no emoji', () => {
    expect(displayToken('👩\u200d')).toBe('👩⟨U+200D⟩');
    expect(displayToken('\u200d👩')).toBe('⟨U+200D⟩👩');
    expect(displayToken('a\u200db')).toBe('a⟨U+200D⟩b');
  });

  it('leaves nothing invisible and runs where there is no Node', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const shown = displayToken(String.fromCodePoint(code));
      if (/^[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]$/u.test(shown)) {
        // Not yet a character in this Unicode version, or a format character with a shape of its own.
        if (/^\p{Cn}$/u.test(shown) || withShape.test(shown)) continue;
        expect.fail(`U+${code.toString(16)}`);
      }
    }
    const file = join(import.meta.dirname, '../../src/tokenizer/tokenDisplay.ts');
    expect(readFileSync(file, 'utf8')).not.toMatch(/\bimport\b/);
  });
});
