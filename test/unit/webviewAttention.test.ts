import { describe, expect, it } from 'vitest';
import { attentionBars } from '../../src/webview/attentionBars';
import { attentionData } from '../../src/webview/attentionData';
import { tokenStep } from '../../src/webview/components/tokenStep';
import {
  lineOpacity,
  linesInView,
  linesOf,
  strongest,
} from '../../src/webview/drawing/attentionLines';
import { visibleWeights, wholeView } from '../../src/webview/drawing/heatView';
import {
  gridLayout,
  gridRoom,
  thumbnailWeights,
  thumbnailWindow,
} from '../../src/webview/drawing/thumbnails';
import {
  peakOf,
  plainScale,
  weightMarks,
  weightPosition,
} from '../../src/webview/drawing/weightScale';
import { headKinds, mostOfKind, scoreText } from '../../src/webview/headKinds';
import { headName } from '../../src/webview/headName';
import { headsData } from '../../src/webview/headsData';
import { restoreChoices } from '../../src/webview/state/choices';
import { token } from './webviewSamples';

// The rows of a pattern of three tokens.
const pattern = Float32Array.of(1, 0, 0, 0.75, 0.25, 0, 0.5, 0.125, 0.375);

describe('the scale of weights', () => {
  const log = { ...plainScale, logarithmic: true };

  it('is even, or one of orders of magnitude', () => {
    expect(weightPosition(plainScale, 0.3)).toBeCloseTo(0.3, 12);
    expect(weightPosition({ ...plainScale, peak: 0.5 }, 0.3)).toBeCloseTo(0.6, 12);
    expect([1, 0.1, 0.01, 1e-4, 1e-6, 0].map((w) => weightPosition(log, w))).toEqual([
      1, 0.75, 0.5, 0, 0, 0,
    ]);
    expect(weightPosition({ ...log, peak: 10 }, 1)).toBeCloseTo(0.75, 12);
  });

  it('stays within its ends', () => {
    for (const scale of [plainScale, log]) {
      expect(weightPosition(scale, 7)).toBe(1);
      expect(weightPosition(scale, NaN)).toBe(0);
    }
  });

  it('is marked at round numbers', () => {
    const labels = (scale: typeof plainScale) => weightMarks(scale).map(({ label }) => label);
    expect(labels(plainScale)).toEqual(['0', '0.25', '0.5', '0.75', '1']);
    expect(labels(log)).toEqual(['0.0001', '0.001', '0.01', '0.1', '1']);
    // From 0.00066 to 6.6: no end is a power of ten.
    const marks = weightMarks({ ...log, peak: 6.6 });
    expect(marks.map(({ label }) => label)).toEqual(['0.01', '0.1', '1']);
    for (const { at, label } of marks) {
      expect(weightPosition({ ...log, peak: 6.6 }, Number(label))).toBeCloseTo(at, 6);
    }
  });

  it('ends at the largest weight that is shown', () => {
    expect(peakOf(pattern, 3, 0)).toBe(1);
    expect(peakOf(pattern, 3, 1)).toBe(0.375);
    expect(peakOf(pattern, 3, 3)).toBe(0);
  });
});

it('a map without its first token has nothing in its first column', () => {
  const weights = visibleWeights(pattern, 3, wholeView(3), 3, 1);
  expect([...weights]).toEqual([NaN, NaN, NaN, NaN, 0.25, NaN, NaN, 0.125, 0.375]);
});

it('what lies outside the window of a query is told apart from a weight of 0', () => {
  const zeros = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const weights = visibleWeights(Float32Array.from(zeros), 4, wholeView(4), 4, 0, 2);
  expect([...weights]).toEqual([1, NaN, NaN, NaN, 0, 1, NaN, NaN, NaN, 0, 1, NaN, NaN, NaN, 0, 1]);
  // A pixel that covers cells on both sides of the window's edge shows the one that is seen.
  const half = visibleWeights(Float32Array.from(zeros), 4, wholeView(4), 2, 0, 2);
  expect([...half]).toEqual([1, NaN, 0, 1]);

  const tokens = ['a', ' b', 'c'].map((text, index) => token({ index, id: index, text }));
  const { rows } = attentionData('L0H0', {}, tokens, pattern, 2, 2);
  expect(rows.map(([, , from]) => from)).toEqual([null, 0.125, 0.375]);
  const column = attentionData('L0H0', {}, tokens, pattern, 0, 2).rows.map(([, , , to]) => to);
  expect(column).toEqual([1, 0.75, null]);
});

describe('thumbnails', () => {
  it('have a window in cells, wide enough for every token in sight', () => {
    expect(thumbnailWindow(5, 20, 20)).toBe(5);
    expect(thumbnailWindow(null, 20, 20)).toBe(Infinity);
    for (const [window, n, size] of [
      [5, 100, 64],
      [512, 1024, 64],
      [3, 70, 64],
    ] as const) {
      const cells = thumbnailWindow(window, n, size);
      const cell = (index: number) => Math.floor((index * size) / n);
      for (let query = window - 1; query < n; query++) {
        expect(cell(query) - cell(query - window + 1)).toBeLessThan(cells);
      }
    }
  });

  it('give the weights back that they were made from', () => {
    const bytes = [1, 0.36, 0.01, 0].map((weight) => Math.round(255 * Math.sqrt(weight)));
    const summary = {
      layer: 0,
      scores: [],
      size: 2,
      thumbnails: Uint8Array.of(0, 0, 0, 0, ...bytes),
      peaks: Float32Array.of(1, 1),
    };
    const weights = thumbnailWeights(summary, 1);
    [1, 0.36, 0.01, 0].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 2));
  });

  it.each([
    [300, 12, 1],
    [390, 12, 1.5],
    [500, 4, 2],
  ])('share %i pixels among %i heads, whole device pixels at %f', (width, heads, ratio) => {
    const { cell, gap } = gridLayout(width, heads, ratio);
    expect(heads * cell + (heads - 1) * gap).toBeLessThanOrEqual(width);
    expect(Number.isInteger(cell * ratio)).toBe(true);
    expect(Number.isInteger(gap * ratio)).toBe(true);
    expect(gridRoom(heads)).toBeGreaterThan(heads * cell);
  });

  it('stay large enough to be hit, where they are many', () => {
    expect(gridLayout(200, 64, 1).cell).toBe(12);
  });
});

describe('lines', () => {
  const pairs = (lines: { query: number; key: number }[]) =>
    lines.map(({ query, key }) => `${query}→${key}`);

  it('are those of the rows in view, the weakest first', () => {
    const { lines, left } = linesInView(pattern, 3, plainScale, 1, 9, 100);
    expect(pairs(lines)).toEqual(['2→1', '1→1', '2→2', '2→0', '1→0']);
    expect(left).toBe(0);
  });

  it('are the strongest where they are too many', () => {
    const { lines, left } = linesInView(pattern, 3, plainScale, 0, 2, 2);
    expect(pairs(lines)).toEqual(['1→0', '0→0']);
    expect(left).toBe(4);
  });

  it('are a row or a column of one token, less what is hidden', () => {
    const hidden = { ...plainScale, firstKey: 1 };
    expect(pairs(linesOf(pattern, 3, plainScale, { side: 'query', index: 2 }))).toEqual([
      '2→1',
      '2→2',
      '2→0',
    ]);
    expect(pairs(linesOf(pattern, 3, plainScale, { side: 'key', index: 1 }))).toEqual([
      '2→1',
      '1→1',
    ]);
    expect(pairs(linesOf(pattern, 3, hidden, { side: 'query', index: 2 }))).toEqual(['2→1', '2→2']);
    expect(linesOf(pattern, 3, hidden, { side: 'key', index: 0 })).toEqual([]);
  });

  it('are as opaque as their weight, on either scale', () => {
    for (const logarithmic of [false, true]) {
      for (const ofOne of [false, true]) {
        const at = (strength: number) =>
          lineOpacity(strength, { ...plainScale, logarithmic }, ofOne);
        expect([at(0), at(1)]).toEqual([0, 1]);
        expect(at(0.3)).toBeLessThan(at(0.4));
      }
    }
  });

  it('are told by their largest weights', () => {
    expect(strongest(pattern, 3, { side: 'query', index: 2 }, 0, 2)).toEqual([
      { index: 0, weight: 0.5 },
      { index: 2, weight: 0.375 },
    ]);
    expect(strongest(pattern, 3, { side: 'key', index: 1 }, 1, 5)).toEqual([
      { index: 1, weight: 0.25 },
      { index: 2, weight: 0.125 },
    ]);
    expect(strongest(pattern, 3, { side: 'key', index: 0 }, 1, 5)).toEqual([]);
  });

  it('are walked by keys within the two columns', () => {
    const at = { side: 'query', index: 1 } as const;
    expect(tokenStep(at, 'ArrowDown', 2)).toEqual(at);
    expect(tokenStep(at, 'ArrowUp', 2)).toEqual({ side: 'query', index: 0 });
    expect(tokenStep(at, 'PageDown', 30)).toEqual({ side: 'query', index: 11 });
    expect(tokenStep(at, 'ArrowRight', 2)).toEqual({ side: 'key', index: 1 });
    expect(tokenStep(at, 'x', 2)).toBeNull();
  });
});

describe('attention under the tokens', () => {
  it('is the row or the column of the current token, its largest full', () => {
    expect(attentionBars(pattern, 3, 2, 'from', 0)).toEqual({
      most: 0.5,
      shares: Float32Array.of(1, 0.25, 0.75),
    });
    expect(attentionBars(pattern, 3, 1, 'to', 0)).toEqual({
      most: 0.25,
      shares: Float32Array.of(0, 1, 0.5),
    });
  });

  it('leaves the first token out where it is hidden', () => {
    expect([...attentionBars(pattern, 3, 2, 'from', 1).shares]).toEqual([0, Math.fround(1 / 3), 1]);
    expect(attentionBars(pattern, 3, 0, 'to', 1)).toEqual({ most: 0, shares: new Float32Array(3) });
  });
});

describe('heads', () => {
  const scores = (induction: number | null, entropy: number) => ({
    entropy,
    previousToken: 0.5,
    firstToken: null,
    sameToken: null,
    induction,
  });
  const heads = [
    { layer: 0, head: 0, scores: scores(0.2, 1) },
    { layer: 0, head: 1, scores: scores(null, 3) },
    { layer: 1, head: 0, scores: scores(0.7, 2) },
  ];
  const most = (name: string) =>
    mostOfKind(
      heads,
      headKinds.find((kind) => kind.name.startsWith(name))!,
      2,
    ).map(headName);

  it('are found by their scores', () => {
    expect(most('Induction')).toEqual(['L1H0', 'L0H0']);
    expect(most('Narrowest')).toEqual(['L0H0', 'L1H0']);
    expect(most('Widest')).toEqual(['L0H1', 'L1H0']);
    expect(most('First')).toEqual([]);
  });

  it('are named alone and together', () => {
    expect(headName({ layer: 5, head: 1 })).toBe('L5H1');
    expect(headName({ layer: 5, head: 'max' })).toBe('L5 max');
    expect(headName({ layer: 5, head: 'rollout' })).toBe('rollout to L5');
  });

  it('have their entropy in bits on the screen, and in nats in a file', () => {
    expect(scoreText('entropy', Math.LN2)).toBe('1.00');
    expect(scoreText('induction', null)).toBe('–');
    const { rows, json } = headsData(heads, 9);
    expect(rows[1]).toEqual(['L0H1', null, null, 0.5, null, 3 / Math.LN2]);
    expect(json).toMatchObject({
      tokens: 9,
      heads: [{ name: 'L0H0', layer: 0, entropy: 1 }, {}, {}],
    });
  });
});

it('a pattern is a table of one token, and whole in a file', () => {
  const tokens = ['a', ' b', 'c'].map((text, index) => token({ index, id: index, text }));
  const data = attentionData('L0 mean', { layer: 0, head: 'mean' }, tokens, pattern, 1);
  expect(data.name).toBe('attention-L0-mean');
  expect(data.rows).toEqual([
    [0, 'a', 0.75, null],
    [1, '·b', 0.25, 0.25],
    [2, 'c', null, 0.125],
  ]);
  expect(data.json).toMatchObject({
    head: 'mean',
    tokens: [{ index: 0, id: 0, text: 'a' }, {}, {}],
    pattern: [
      [1, 0, 0],
      [0.75, 0.25, 0],
      [0.5, 0.125, 0.375],
    ],
  });
});

it('what a person chose of attention is restored, and nothing else', () => {
  const chosen = { heads: 'rollout', hideFirst: true, attentionView: 'lines', overlay: 'to' };
  expect(restoreChoices(chosen)).toMatchObject(chosen);
  expect(
    restoreChoices({ heads: 'all', hideFirst: 1, attentionView: 3, overlay: true }),
  ).toMatchObject({ heads: 'one', hideFirst: false, attentionView: 'map', overlay: 'from' });
});
