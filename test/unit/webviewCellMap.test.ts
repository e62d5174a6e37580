import { describe, expect, it } from 'vitest';
import { cellStep } from '../../src/webview/components/cellStep';
import { legendColors, legendMarks } from '../../src/webview/drawing/cellLegend';
import { cellMapLayout } from '../../src/webview/drawing/cellMapLayout';
import { cellColor, cellInk, cellPosition } from '../../src/webview/drawing/cellScale';
import { contrast } from '../../src/webview/drawing/color';
import type { Theme, ThemeKind } from '../../src/webview/drawing/theme';
import { tableNumber } from '../../src/webview/format';

const theme = (kind: ThemeKind): Theme => {
  const dark = kind === 'dark' || kind === 'hcDark';
  const ink = dark ? ([230, 230, 230] as const) : ([40, 40, 40] as const);
  const background = dark ? ([20, 20, 20] as const) : ([255, 255, 255] as const);
  return { kind, background, foreground: ink, muted: ink, focus: ink, font: 'monospace' };
};

describe('the scale of a map', () => {
  it('is symmetrical around zero where it diverges', () => {
    expect(cellPosition('diverging', [-1, 4], 2)).toBe(0.5);
    expect(cellPosition('diverging', [-1, 4], -2)).toBe(-0.5);
    expect(cellPosition('diverging', [-1, 4], -9)).toBe(-1);
    expect(cellPosition('diverging', [0, 0], 3)).toBe(0);
  });

  it('goes from one end to the other elsewhere', () => {
    expect(cellPosition('sequential', [2, 6], 3)).toBe(0.25);
    expect(cellPosition('probability', [2, 6], 9)).toBe(1);
    expect(cellPosition('probability', [3, 3], 3)).toBe(0);
  });

  it.each(['light', 'dark', 'hcLight', 'hcDark'] as const)(
    'has colours in %s on which text is read, and whose ends differ',
    (kind) => {
      for (const scale of ['sequential', 'probability', 'diverging'] as const) {
        for (let t = scale === 'diverging' ? -1 : 0; t <= 1; t += 0.125) {
          const color = cellColor(theme(kind), scale, t);
          expect(contrast(cellInk(theme(kind), color), color)).toBeGreaterThan(4.5);
        }
      }
      const ends = [-1, 1].map((t) => cellColor(theme(kind), 'diverging', t));
      expect(Math.abs(ends[0]![0] - ends[1]![0])).toBeGreaterThan(100); // blue has no red
    },
  );
});

describe('the layout of a map', () => {
  const size = { width: 400, rows: 7, rowLabelWidth: 60, columnLabelWidth: 40, texts: false };

  it('shows all columns while they can be told apart, then scrolls', () => {
    const few = cellMapLayout({ ...size, columns: 12 });
    expect(few.contentWidth).toBeLessThanOrEqual(few.viewWidth);
    const many = cellMapLayout({ ...size, columns: 500 });
    expect(many.contentWidth).toBeGreaterThan(many.viewWidth);
    expect(many.left + many.viewWidth).toBeLessThanOrEqual(400);
    expect(many.columnStep * many.cellWidth).toBeGreaterThanOrEqual(14);
  });

  it('gives texts room', () => {
    const { cellWidth, upright } = cellMapLayout({ ...size, columns: 40, texts: true });
    expect(cellWidth).toBeGreaterThanOrEqual(60);
    expect(upright).toBe(false);
  });
});

describe('the cursor of a map', () => {
  it('stays inside', () => {
    expect(cellStep({ row: 0, column: 0 }, 'ArrowUp', 3, 4)).toEqual({ row: 0, column: 0 });
    expect(cellStep({ row: 2, column: 3 }, 'ArrowRight', 3, 4)).toEqual({ row: 2, column: 3 });
    expect(cellStep({ row: 1, column: 1 }, 'ArrowDown', 3, 4)).toEqual({ row: 2, column: 1 });
    expect(cellStep({ row: 1, column: 1 }, 'End', 3, 4)).toEqual({ row: 1, column: 3 });
    expect(cellStep({ row: 1, column: 1 }, 'x', 3, 4)).toBeNull();
  });
});

it('writes numbers in tables so that they are told apart', () => {
  const written = [0, 12, -3, 0.123456, -12.3456, 1234.56, 0.0000123, -0.00001].map(tableNumber);
  expect(written).toEqual(['0', '12', '−3', '0.1235', '−12.35', '1235', '1.2×10⁻⁵', '−1.0×10⁻⁵']);
});

describe('a legend', () => {
  it('goes from end to end, over nothing where there are two signs', () => {
    const colors = legendColors(theme('dark'), 'diverging');
    expect(colors).toHaveLength(33);
    expect(new Set([colors[0], colors[16], colors[32]]).size).toBe(3);
    expect(legendMarks('sequential', [0, 12], String)).toEqual([
      { at: 0, label: '0' },
      { at: 1, label: '12' },
    ]);
    expect(legendMarks('diverging', [-1, 3], String).map(({ label }) => label)).toEqual([
      '-3',
      '0',
      '3',
    ]);
  });
});
