import { describe, expect, it } from 'vitest';
import { heatLayout } from '../../src/webview/drawing/heatLayout';
import {
  closestSpan,
  labelStep,
  pan,
  reveal,
  visibleWeights,
  wholeView,
  zoom,
} from '../../src/webview/drawing/heatView';

/** A pattern whose weights say where they are: row and column in one number. */
function pattern(n: number): Float32Array {
  return Float32Array.from({ length: n * n }, (_, i) => {
    const [query, key] = [Math.floor(i / n), i % n];
    return key <= query ? query + key / 1000 : 0;
  });
}

describe('the visible weights', () => {
  it('are the pattern itself where each cell has its pixel, and nothing of the future', () => {
    const n = 5;
    const weights = visibleWeights(pattern(n), n, wholeView(n), n);
    for (let query = 0; query < n; query++) {
      for (let key = 0; key < n; key++) {
        const weight = weights[query * n + key]!;
        if (key > query) expect(weight).toBeNaN();
        else expect(weight).toBeCloseTo(query + key / 1000, 5);
      }
    }
  });

  it('are a part of it where the view is one', () => {
    const weights = visibleWeights(pattern(9), 9, { query: 4, key: 3, span: 2 }, 2);
    expect([...weights].map((weight) => Number(weight.toFixed(3)))).toEqual([
      4.003, 4.004, 5.003, 5.004,
    ]);
  });

  it.each([
    [1024, 300],
    [1000, 7],
    [13, 5],
  ])('keep every peak of %i tokens on %i pixels', (n, pixels) => {
    // One peak at a time: the pixel that covers it must show it.
    for (const [query, key] of [
      [0, 0],
      [n - 1, 0],
      [n - 1, n - 1],
      [Math.floor(n / 2), Math.floor(n / 3)],
    ] as const) {
      const peak = new Float32Array(n * n);
      peak[query * n + key] = 1;
      const weights = visibleWeights(peak, n, wholeView(n), pixels);
      expect(weights.filter((weight) => weight === 1)).toHaveLength(1);
      const pixel = weights.indexOf(1);
      expect(Math.floor(((pixel % pixels) * n) / pixels)).toBeLessThanOrEqual(key);
      expect(Math.floor((Math.floor(pixel / pixels) * n) / pixels)).toBeLessThanOrEqual(query);
    }
  });

  it('never look ahead when they are aggregated', () => {
    const [n, pixels] = [100, 9];
    const future = Float32Array.from({ length: n * n }, (_, i) => (i % n > i / n ? 1 : 0));
    const weights = visibleWeights(future, n, wholeView(n), pixels);
    expect(weights.some((weight) => weight > 0)).toBe(false);
  });
});

describe('the view', () => {
  it('zooms around its anchor', () => {
    const view = zoom(wholeView(100), 100, 0.5, { query: 60, key: 20 });
    expect(view.span).toBe(50);
    // As far along in the part on show as it was in the whole.
    expect((60.5 - view.query) / 50).toBeCloseTo(0.605, 1);
    expect((20.5 - view.key) / 50).toBeCloseTo(0.205, 1);
  });

  it('stays inside, no closer than a few tokens, and comes back to the whole', () => {
    let view = wholeView(40);
    for (let i = 0; i < 30; i++) view = zoom(view, 40, 0.7, { query: 39, key: 39 });
    expect(view).toEqual({ query: 40 - closestSpan, key: 40 - closestSpan, span: closestSpan });
    expect(pan(view, 40, 100, -100)).toEqual({ ...view, key: 0 });
    for (let i = 0; i < 30; i++) view = zoom(view, 40, 1 / 0.7, { query: 39, key: 39 });
    expect(view).toEqual(wholeView(40));
    expect(zoom(wholeView(3), 3, 0.5, { query: 0, key: 0 })).toEqual(wholeView(3));
  });

  it('moves by as little as shows a cell', () => {
    const view = { query: 10, key: 10, span: 10 };
    expect(reveal(view, 100, 12, 19)).toEqual(view);
    expect(reveal(view, 100, 20, 5)).toEqual({ query: 11, key: 5, span: 10 });
  });
});

describe('the layout', () => {
  it.each([1, 1.25, 2, 3])('has whole device pixels at a ratio of %d', (ratio) => {
    for (const width of [226, 396, 680]) {
      for (const span of [1, 7, 40, 300, 1024]) {
        const layout = heatLayout(width, span, 60, ratio);
        const device = layout.plot * ratio;
        expect(device).toBeCloseTo(Math.round(device), 6);
        expect(layout.left + layout.plot).toBeLessThanOrEqual(width);
        expect(layout.cell * span).toBeCloseTo(layout.plot, 6);
        expect(layout.pixels).toBe(Math.min(span, Math.round(device)));
        if (layout.cell * ratio >= 4) {
          expect(layout.cell * ratio).toBeCloseTo(Math.round(layout.cell * ratio), 6);
        }
      }
    }
  });

  it('writes tokens where they have room, else every so many indexes', () => {
    expect(heatLayout(396, 20, 60, 1)).toMatchObject({ labels: 'tokens', step: 1 });
    expect(heatLayout(396, 300, 60, 1)).toMatchObject({ labels: 'indexes', step: 50 });
    expect(labelStep(12, 12)).toBe(1);
    expect(labelStep(0.3, 26)).toBe(100);
  });
});
