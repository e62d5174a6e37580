import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changeLine, changeNote, changeNoteDetail } from '../../src/editor/changes/changeNoteText';
import { noteLines } from '../../src/editor/changes/noteLines';
import { changedTokens } from '../../src/editor/changes/changedTokens';
import { unreadText, type ReadText } from '../../src/inspection/readText';
import type { Hunk } from '../../src/inspection/documentComparison';
import type { ModelDescription } from '../../src/protocol/inspection';
import { contrast, parseColor, type Rgb } from '../../src/webview/drawing/color';

const hunk = (properties: Partial<Hunk>): Hunk => ({
  linesBefore: { start: 4, end: 5 },
  linesAfter: { start: 4, end: 5 },
  tokensBefore: { start: 0, end: 0 },
  tokensAfter: { start: 0, end: 0 },
  bitsBefore: 41.04,
  bitsAfter: 53.3,
  difference: 12.26,
  knockOn: 0,
  knockOnTokens: 0,
  ...properties,
});

describe('a note', () => {
  it('says what the change did', () => {
    expect(changeNote(hunk({}))).toBe('+12.3 bits (41.0 → 53.3)');
    expect(changeNote(hunk({ bitsAfter: 0, difference: -41.04 }))).toBe('−41.0 bits (41.0 → 0.0)');
    expect(changeNote(hunk({ bitsAfter: 41, difference: -0.04 }))).toBe('0.0 bits (41.0 → 41.0)');
  });
  it('says more when it is pointed at', () => {
    expect(changeNoteDetail(hunk({}))).not.toMatch(/unchanged/);
    expect(changeNoteDetail(hunk({ knockOn: -2.14, knockOnTokens: 1200 }))).toMatch(
      /1,200 unchanged tokens up to the next change: −2\.1 bits/,
    );
  });
  it('stands at the first line, or above what is gone', () => {
    expect(changeLine(hunk({}))).toBe(4);
    expect(changeLine(hunk({ linesAfter: { start: 4, end: 4 } }))).toBe(3);
    expect(changeLine(hunk({ linesAfter: { start: 0, end: 0 } }))).toBe(0);
  });
});

describe('the lines of notes', () => {
  const long = 'word '.repeat(20);
  const at = (text: string[], ...ranges: [start: number, end: number][]) =>
    noteLines(
      ranges.map(([start, end]) => ({ linesAfter: { start, end } })),
      { count: text.length, text: (line) => text[line]! },
    );
  it('are the first of each hunk', () => {
    expect(at(['a', 'b', 'c', long], [0, 1], [2, 4])).toEqual([0, 2]);
  });
  it('are empty ones beside paragraphs, where the first leaves no room', () => {
    expect(at([long, '', long, '', long], [2, 3])).toEqual([1]);
    expect(at([long, '', long], [0, 1])).toEqual([1]);
    expect(at([long, long, 'short', long], [1, 4])).toEqual([2]);
    expect(at(['月'.repeat(40), ''], [0, 1])).toEqual([1]);
  });
  it('are never the same for two', () => {
    expect(at([long, '', long, ''], [0, 1], [2, 3])).toEqual([1, 3]);
    expect(at([long, '', long], [0, 1], [2, 3])).toEqual([1, 2]);
  });
  it('are the long ones, where there is no other', () => {
    expect(at([long, long, long], [1, 2])).toEqual([1]);
    expect(at([long], [0, 1])).toEqual([0]);
  });
  it('are above or below what is gone', () => {
    expect(at(['a', 'b'], [1, 1])).toEqual([0]);
    expect(at([long, '', 'b'], [1, 1])).toEqual([1]);
    expect(at([long], [1, 1])).toEqual([0]);
    expect(at([''], [0, 0])).toEqual([0]);
  });
});

describe('the tokens around a hunk', () => {
  const text = (n: number): ReadText => {
    const column = Uint32Array.from({ length: n }, (_, i) => i);
    const columns = { ids: column, starts: column, ends: column, byteLengths: column };
    const model = { vocabSize: 9 } as ModelDescription;
    return unreadText({ ...columns, model, windows: [] }, 1);
  };
  it('are as many in both texts, and none of another hunk', () => {
    const hunks = [
      hunk({ tokensBefore: { start: 0, end: 3 }, tokensAfter: { start: 0, end: 5 }, knockOnTokens: 2 }), // prettier-ignore
      hunk({ tokensBefore: { start: 5, end: 9 }, tokensAfter: { start: 7, end: 7 }, knockOnTokens: 100 }), // prettier-ignore
    ];
    const { before, after } = changedTokens(hunks, 1, text(109), text(107), []);
    expect([before.first, before.ids.length]).toEqual([3, 2 + 4 + 60]);
    expect([after.first, after.ids.length]).toEqual([5, 2 + 0 + 60]);
    expect(() => changedTokens(hunks, 2, text(9), text(9), [])).toThrow(/no such change/);
  });
  it('are cut where a change is very long', () => {
    const hunks = [hunk({ tokensBefore: { start: 0, end: 9000 }, tokensAfter: { start: 0, end: 2 }, knockOnTokens: 5 })]; // prettier-ignore
    const { before, after } = changedTokens(hunks, 0, text(9005), text(7), []);
    expect([before.cut, before.ids.length]).toEqual([true, 1500]);
    expect([after.cut, after.ids.length]).toEqual([false, 7]);
  });
});

/** Of VS Code's own themes: the page, and the tint of inserted lines over it, as colour and share. */
const themes = {
  dark: ['#1f1f1f', '#9bb955', 0.2],
  light: ['#ffffff', '#9bb955', 0.2],
  highContrast: ['#000000', '#000000', 0],
  highContrastLight: ['#ffffff', '#ffffff', 0],
} as const;

describe.each(Object.entries(themes))('in the theme %s', (theme, [page, tint, share]) => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<string, string> }[] };
  };
  const [background, over] = [parseColor(page)!, parseColor(tint)!];
  const inserted = background.map((value, i) => value * (1 - share) + over[i]! * share) as unknown as Rgb; // prettier-ignore
  it.each(['moreBitsForeground', 'fewerBitsForeground'])('%s can be read', (name) => {
    const id = `forwardPass.${name}`;
    const ink = parseColor(contributes.colors.find((each) => each.id === id)!.defaults[theme]!)!;
    const least = theme.startsWith('high') ? 7 : 4.5;
    expect(contrast(ink, background)).toBeGreaterThan(least);
    expect(contrast(ink, inserted)).toBeGreaterThan(least);
  });
});
