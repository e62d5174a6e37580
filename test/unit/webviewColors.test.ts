import { describe, expect, it } from 'vitest';
import { contrast, parseColor, readableOn, type Rgb } from '../../src/webview/drawing/color';
import { heatColor } from '../../src/webview/drawing/heatScale';
import type { Theme, ThemeKind } from '../../src/webview/drawing/theme';
import {
  rankBucket,
  scalePosition,
  tokenValue,
  type TokenMeasure,
} from '../../src/inspection/tokenMeasure';
import { legendMarks, tint, tokenTints } from '../../src/webview/drawing/tokenScale';
import { token } from './webviewSamples';

/** The least contrast between text and what is behind it (WCAG 2.2, level AA). */
const textContrast = 4.5;

const colorings: TokenMeasure[] = ['surprisal', 'probability', 'rank', 'entropy'];

function theme(kind: ThemeKind, background: Rgb, foreground: Rgb): Theme {
  return { kind, background, foreground, muted: foreground, focus: foreground, font: 'monospace' };
}

const themes = [
  theme('dark', [31, 31, 31], [204, 204, 204]),
  theme('light', [255, 255, 255], [59, 59, 59]),
  theme('hcDark', [0, 0, 0], [255, 255, 255]),
  theme('hcLight', [255, 255, 255], [41, 41, 41]),
  theme('dark', [0, 43, 54], [131, 148, 150]), // Solarized Dark: little contrast of its own
  theme('light', [253, 246, 227], [101, 123, 131]), // Solarized Light
];

describe('colours', () => {
  it('reads what themes and d3 write', () => {
    expect(parseColor('#1f1f1f')).toEqual([31, 31, 31]);
    expect(parseColor(' #FFF ')).toEqual([255, 255, 255]);
    expect(parseColor('rgb(1, 2, 3)')).toEqual([1, 2, 3]);
    expect(parseColor('rgba(255, 255, 255, 0.5)', [0, 0, 0])).toEqual([127.5, 127.5, 127.5]);
    expect(parseColor('#ffffff00', [9, 8, 7])).toEqual([9, 8, 7]);
    for (const text of ['', 'var(--x)', '#12', 'rgb(1, 2)', 'red']) {
      expect(parseColor(text), text).toBeNull();
    }
  });

  it('measures contrast as WCAG does', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });

  it('finds a readable text colour on every grey', () => {
    for (let grey = 0; grey <= 255; grey++) {
      const background: Rgb = [grey, grey, grey];
      const ink = readableOn(background, [128, 128, 128]);
      expect(contrast(ink, background)).toBeGreaterThanOrEqual(textContrast);
    }
  });
});

describe('tints of tokens', () => {
  it('can be read at every place of every scale in every theme', () => {
    for (const each of themes) {
      for (const coloring of colorings) {
        for (let i = 0; i <= 100; i++) {
          const { background, ink } = tint(each, coloring, i / 100);
          expect(contrast(ink, background), `${each.kind} ${coloring} ${i}`).toBeGreaterThanOrEqual(
            textContrast,
          );
        }
      }
    }
  });

  it('move away from the background as the value grows', () => {
    for (const each of themes) {
      for (const coloring of colorings) {
        const away = [0, 0.25, 0.5, 0.75, 1].map((at) =>
          contrast(tint(each, coloring, at).background, each.background),
        );
        expect(away, `${each.kind} ${coloring}`).toEqual([...away].sort((a, b) => a - b));
      }
    }
  });

  it('take bits, probabilities and ranks from the token', () => {
    const fox = token({ logprob: Math.log(0.25), rank: 3, entropy: 5 * Math.LN2 });
    expect(tokenValue('surprisal', fox)).toBeCloseTo(2, 12);
    expect(tokenValue('probability', fox)).toBeCloseTo(0.25, 12);
    expect(tokenValue('entropy', fox)).toBeCloseTo(5, 12);
    expect(tokenValue('rank', fox)).toBe(3);
  });

  it('leave a token without an expectation, and every token under "none", uncoloured', () => {
    const first = token({ logprob: null, rank: null, entropy: null });
    const second = token({ logprob: -1, rank: 2, entropy: 1 });
    const [dark] = themes as [Theme];
    for (const coloring of colorings) {
      const [none, some] = tokenTints(dark, coloring, [first, second]);
      expect(none).toBeNull();
      expect(some).not.toBeNull();
    }
    expect(tokenTints(dark, 'none', [first, second])).toEqual([null, null]);
  });

  it('put ranks into the buckets 1, 10, 100, 1,000 and beyond', () => {
    expect([1, 2, 10, 11, 100, 101, 1000, 1001, 50257].map(rankBucket)).toEqual([
      0, 1, 1, 2, 2, 3, 3, 4, 4,
    ]);
  });

  it('stand on the scale where the legend says', () => {
    for (const coloring of ['surprisal', 'entropy'] as const) {
      for (const { at, label } of legendMarks(coloring)) {
        expect(scalePosition(coloring, parseFloat(label))).toBeCloseTo(at, 12);
      }
    }
    for (const { at, label } of legendMarks('probability')) {
      expect(scalePosition('probability', parseFloat(label) / 100)).toBeCloseTo(at, 12);
    }
    expect(scalePosition('surprisal', 40)).toBe(1);
  });

  it('change their border where the legend has a number', () => {
    const [dark] = themes as [Theme];
    for (const coloring of ['surprisal', 'probability', 'entropy'] as const) {
      const places = legendMarks(coloring).map(({ at }) => at);
      const level = (at: number) => tint(dark, coloring, at).level;
      expect(places.slice(0, -1).map((at) => level(at + 1e-9))).toEqual([0, 1, 2, 3, 4]);
      expect(places.slice(1, -1).map((at) => level(at - 1e-9))).toEqual([0, 1, 2, 3]);
    }
    expect(
      [1, 5, 50, 500, 5000].map((rank) => tint(dark, 'rank', scalePosition('rank', rank)).level),
    ).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('the scale of the heat map', () => {
  it('moves away from the background with the weight, and tells zero from nothing', () => {
    for (const each of themes) {
      const away = Array.from({ length: 21 }, (_, i) =>
        contrast(heatColor(each, i / 20), each.background),
      );
      expect(away[0], each.kind).toBeGreaterThan(1.05);
      for (let i = 2; i < away.length; i++) expect(away[i]).toBeGreaterThan(away[i - 1]!);
      expect(away.at(-1)).toBeGreaterThan(10);
    }
  });
});
