import { describe, expect, it } from 'vitest';
import { placeOf, type Subject } from '../../src/editor/inspectionSession';
import { cellLabel, nothingBefore, textAbove } from '../../src/editor/notebookText';
import { TextAnchor } from '../../src/editor/textAnchor';

const cells = [
  { uri: 'nb#1', text: '# Tides' },
  { uri: 'nb#2', text: '' },
  { uri: 'nb#3', text: 'moon = 1\nsun = 2\n' },
  { uri: 'nb#4', text: 'print(moon)' },
];

describe('textAbove', () => {
  it('is the cells above in order, each with a line break behind it', () => {
    const { before, cells: above } = textAbove(cells, 'nb#4');
    expect(before).toBe('# Tides\n\nmoon = 1\nsun = 2\n\n');
    expect(above.map(({ uri }) => uri)).toEqual(['nb#1', 'nb#2', 'nb#3']);
    for (const { text, from } of above) expect(before.slice(from, from + text.length)).toBe(text);
  });

  it('is nothing for the first cell, and for what is no cell', () => {
    expect(textAbove(cells, 'nb#1')).toEqual(nothingBefore);
    expect(textAbove(cells, 'file:///x')).toEqual(nothingBefore);
    expect(textAbove([], 'nb#1')).toEqual(nothingBefore);
  });
});

describe('cellLabel', () => {
  it('counts cells from 1', () => {
    expect(cellLabel('walk.ipynb', 2, 2)).toBe('walk.ipynb, cell 3');
    expect(cellLabel('walk.ipynb', 0, 2)).toBe('walk.ipynb, cells 1–3');
  });
});

describe('A token of a text that cells make up', () => {
  // "moon = 1" ⏎ "" ⏎ and of the third cell, from its fourth character on, "(moon)"
  const subject: Subject = {
    text: 'moon = 1\n\n(moon)',
    source: '',
    anchor: new TextAnchor('nb#3', 5, '(moon)', 10),
    above: [new TextAnchor('nb#1', 0, 'moon = 1', 0), new TextAnchor('nb#2', 0, '', 9)],
  };
  const place = (start: number, end: number) => {
    const found = placeOf(subject, { start, end });
    return found && [found.uri, found.span.start, found.span.end];
  };

  it('is found in the cell that it is in', () => {
    expect(place(0, 4)).toEqual(['nb#1', 0, 4]);
    expect(place(6, 8)).toEqual(['nb#1', 6, 8]);
    expect(place(10, 11)).toEqual(['nb#3', 5, 6]);
    expect(place(11, 15)).toEqual(['nb#3', 6, 10]);
  });

  it('is found with what it covers of a cell, where it goes on into the next', () => {
    expect(place(7, 10)).toEqual(['nb#1', 7, 8]);
    expect(place(9, 11)).toEqual(['nb#3', 5, 6]);
  });

  it('is nowhere where it is the line break between cells', () => {
    expect(place(8, 9)).toBeNull();
    expect(place(8, 10)).toBeNull();
  });

  it('is nowhere once its own cell was edited; the others stay', () => {
    const [above] = subject.above!;
    above!.follow([{ rangeOffset: 2, rangeLength: 0, text: 'x' }], () => '');
    expect(place(0, 4)).toBeNull();
    expect(place(11, 15)).toEqual(['nb#3', 6, 10]);
    above!.follow([{ rangeOffset: 2, rangeLength: 1, text: '' }], () => 'moon = 1');
    expect(place(0, 4)).toEqual(['nb#1', 0, 4]);
  });
});
