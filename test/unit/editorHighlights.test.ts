import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { legendText, levelColor, levelLabel } from '../../src/editor/reading/legend';
import { lineBits } from '../../src/editor/reading/lineBits';
import { measures, readHighlightSettings } from '../../src/editor/reading/highlightSettings';
import { unreadText, type ReadText } from '../../src/inspection/readText';
import { levelSpans, peaks } from '../../src/editor/reading/tokenSpans';
import type { ModelDescription } from '../../src/protocol/inspection';
import { UserError } from '../../src/protocol/userError';
import { contrast, parseColor, type Rgb } from '../../src/webview/drawing/color';

/** Tokens of these bits one behind the other; NaN is one that is not known. */
function read(tokens: { start: number; end: number; bits: number; rank?: number }[]): ReadText {
  const text = unreadText(
    {
      model: { vocabSize: 50257 } as ModelDescription,
      windows: [{ start: 0, end: tokens.length, first: 0 }],
      ids: Uint32Array.from(tokens, (_, i) => i),
      starts: Uint32Array.from(tokens, ({ start }) => start),
      ends: Uint32Array.from(tokens, ({ end }) => end),
      byteLengths: Uint32Array.from(tokens, ({ start, end }) => end - start),
    },
    1,
  );
  for (const [i, { bits, rank = 1 }] of tokens.entries()) {
    if (Number.isNaN(bits)) continue;
    text.logprobs[i] = -bits * Math.LN2;
    text.entropies[i] = 1;
    text.ranks[i] = rank;
  }
  return text;
}
const words = (...bits: number[]) =>
  read(bits.map((value, i) => ({ start: 3 * i, end: 3 * i + 3, bits: value })));
const all = (text: ReadText) => ({ first: 0, last: text.ids.length });

describe('what is tinted', () => {
  it('is each known token, at the step of its value', () => {
    const text = words(NaN, 2.9, 3.1, 6.1, 9.1, 40);
    const starts = levelSpans(text, 'surprisal', all(text)).map((spans) =>
      spans.map(({ start }) => start),
    );
    expect(starts).toEqual([[3], [6], [9], [12], [15]]);
  });

  it('goes by rank in buckets, by probability and by entropy', () => {
    const text = read([
      { start: 0, end: 1, bits: NaN },
      { start: 1, end: 2, bits: 1, rank: 1 },
      { start: 2, end: 3, bits: 1, rank: 10 },
      { start: 3, end: 4, bits: 1, rank: 11 },
      { start: 4, end: 5, bits: 1, rank: 5000 },
    ]);
    const counts = (measure: (typeof measures)[number]) =>
      levelSpans(text, measure, all(text)).map(({ length }) => length);
    expect(counts('rank')).toEqual([1, 1, 1, 0, 1]);
    expect(counts('probability')).toEqual([0, 0, 4, 0, 0]);
    expect(counts('entropy')).toEqual([4, 0, 0, 0, 0]);
  });

  it('is a character once, at the highest step of the tokens that share it', () => {
    const text = read([
      { start: 0, end: 1, bits: NaN },
      { start: 1, end: 3, bits: 13 },
      { start: 1, end: 3, bits: 0.1 },
      { start: 1, end: 3, bits: 4 },
      { start: 3, end: 4, bits: 4 },
    ]);
    const [, low, , , high] = levelSpans(text, 'surprisal', all(text));
    expect(high).toEqual([{ start: 1, end: 3 }]);
    expect(low).toEqual([{ start: 3, end: 4 }]);
  });

  it('leaves out what is not asked for, and a beginning-of-text token', () => {
    const text = read([
      { start: 0, end: 0, bits: NaN },
      { start: 0, end: 2, bits: 5 },
      { start: 2, end: 4, bits: 5 },
      { start: 4, end: 6, bits: 5 },
    ]);
    expect(levelSpans(text, 'surprisal', { first: 0, last: 3 })[1]).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
    ]);
  });
});

describe('surprising tokens', () => {
  it('are those from so many bits on', () => {
    expect(peaks(words(NaN, 9.9, 10.1, 12, 3), 10, 10)).toEqual([2, 3]);
  });

  it('are the most surprising of them where there are too many', () => {
    expect(peaks(words(NaN, 11, 15, 12, 14), 10, 2)).toEqual([2, 4]);
  });
});

describe("a line's bits", () => {
  const text = words(NaN, 1, 2, 4, NaN);
  it('are those of the tokens that begin in it', () => {
    expect(lineBits(text, 0, { start: 0, end: 7 })).toBeCloseTo(3, 5);
    expect(lineBits(text, 2, { start: 5, end: 12 })).toBeCloseTo(6, 5);
  });
  it('are not said before all are known, or where nothing was expected', () => {
    expect(lineBits(text, 3, { start: 9, end: 15 })).toBeNull();
    expect(lineBits(text, 0, { start: 0, end: 3 })).toBeNull();
    expect(lineBits(text, 1, { start: 4, end: 5 })).toBeNull();
  });
});

describe('the legend', () => {
  it('says where each step begins', () => {
    expect(legendText('surprisal')).toBe('Surprisal: ░\u20093 ▒\u20096 ▓\u20099 █\u200912 bits');
    expect(legendText('rank')).toBe('Rank: ░\u20092 ▒\u200911 ▓\u2009101 █\u20091,001');
    expect(legendText('probability')).toBe('Probability: ░\u200920% ▒\u200940% ▓\u200960% █\u200980%'); // prettier-ignore
  });
  it('names the values of each step', () => {
    expect([0, 1, 4].map((level) => levelLabel('surprisal', level))).toEqual([
      'less than 3 bits',
      '3 to 6 bits',
      '12 bits and more',
    ]);
    expect([0, 1, 4].map((level) => levelLabel('rank', level))).toEqual([
      'rank 1',
      'rank 2 to 10',
      'rank 1,001 and beyond',
    ]);
  });
});

describe('the settings', () => {
  const defaults = { highlight: false, highlightBy: 'surprisal', lineBits: false, surprisingBits: 10 }; // prettier-ignore
  const settings = (changes: Record<string, unknown>) => {
    const values: Record<string, unknown> = { ...defaults, ...changes };
    return readHighlightSettings((key) => values[key]);
  };
  it('are handed over where they are right', () => {
    expect(settings({ highlightBy: 'rank' })).toMatchObject({
      measure: 'rank',
      surprisingBits: 10,
    });
  });
  it.each([
    ['highlight', 1],
    ['highlightBy', 'colour'],
    ['lineBits', 'yes'],
    ['surprisingBits', 31],
  ])('refuse %s = %j', (key, value) => {
    expect(() => settings({ [key]: value })).toThrow(UserError);
  });
});

/** Editor background, and the colours of text on it, in VS Code's own themes. */
const themes = {
  dark: ['#1f1f1f', '#cccccc #9cdcfe #ce9178 #6a9955 #569cd6 #c586c0 #4ec9b0 #dcdcaa #b5cea8'],
  light: ['#ffffff', '#3b3b3b #001080 #a31515 #008000 #0000ff #af00db #267f99 #795e26 #098658'],
  highContrast: ['#000000', '#ffffff #9cdcfe #ce9178 #7ca668 #569cd6 #c586c0 #4ec9b0 #dcdcaa #b5cea8'], // prettier-ignore
  highContrastLight: ['#ffffff', '#292929 #001080 #0f4a85 #515151 #0000ff #b5200d #185e73 #5e2cbc #096d48'], // prettier-ignore
} as const;

describe.each(Object.entries(themes))('the colours in the theme %s', (theme, [page, inks]) => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<string, string> }[] };
  };
  const background = parseColor(page)!;
  const [foreground, ...syntax] = inks.split(' ').map((ink) => parseColor(ink)!);

  /** A contributed colour as it comes out over the editor's background. */
  function over(id: string): Rgb {
    const color = contributes.colors.find((each) => each.id === id)!.defaults[theme]!;
    const alpha = color.length > 7 ? parseInt(color.slice(7), 16) / 255 : 1;
    const opaque = parseColor(color.slice(0, 7))!;
    return opaque.map((value, i) => value * alpha + background[i]! * (1 - alpha)) as unknown as Rgb;
  }

  it.each(measures)('leave text readable, and tell the steps of %s apart', (measure) => {
    const tints = [1, 2, 3, 4].map((level) => over(levelColor(measure, level)));
    for (const tint of tints) {
      expect(contrast(foreground!, tint)).toBeGreaterThan(4.5);
      // Comments are as faint as VS Code's themes get; 3 is what WCAG asks of large text.
      for (const ink of syntax) expect(contrast(ink, tint)).toBeGreaterThan(3.2);
    }
    const steps = tints.map((tint) => contrast(tint, background));
    for (const [i, step] of steps.entries()) {
      expect(step).toBeGreaterThan((steps[i - 1] ?? 1) + 0.02);
    }
    expect(contrast(over(`forwardPass.${measure}Line`), background)).toBeGreaterThan(3);
  });

  it('show peaks in the overview ruler', () => {
    expect(contrast(over('forwardPass.surprisingToken'), background)).toBeGreaterThan(3);
  });
});
