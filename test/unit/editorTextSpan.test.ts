import { describe, expect, it } from 'vitest';
import { firstParagraph } from '../../src/editor/firstParagraph';
import { chooseSpan, spanLabel } from '../../src/editor/textSpan';

describe('chooseSpan', () => {
  const selected = { selection: { start: 20, end: 30 }, lineStart: 12 };
  const cursor = { selection: { start: 20, end: 20 }, lineStart: 12 };
  const atLineStart = { selection: { start: 12, end: 12 }, lineStart: 12 };

  it('takes the selection', () => {
    expect(chooseSpan(selected, 'selection')).toEqual({ start: 20, end: 30 });
  });

  it('takes the line up to the cursor where nothing is selected', () => {
    expect(chooseSpan(cursor, 'selection')).toEqual({ start: 12, end: 20 });
  });

  it('takes the document up to the end of either', () => {
    expect(chooseSpan(selected, 'document')).toEqual({ start: 0, end: 30 });
    expect(chooseSpan(cursor, 'document')).toEqual({ start: 0, end: 20 });
  });

  it('finds nothing at the start of a line, unless the document counts', () => {
    expect(chooseSpan(atLineStart, 'selection')).toBeNull();
    expect(chooseSpan(atLineStart, 'document')).toEqual({ start: 0, end: 12 });
  });

  it('finds nothing at the start of a document', () => {
    const nowhere = { selection: { start: 0, end: 0 }, lineStart: 0 };
    expect(chooseSpan(nowhere, 'selection')).toBeNull();
    expect(chooseSpan(nowhere, 'document')).toBeNull();
  });
});

describe('spanLabel', () => {
  it('counts lines from 1', () => {
    expect(spanLabel('notes.md', 11, 11)).toBe('notes.md:12');
    expect(spanLabel('notes.md', 11, 13)).toBe('notes.md:12–14');
  });
});

describe('firstParagraph', () => {
  const paragraph = (text: string) => {
    const span = firstParagraph(text);
    return span && text.slice(span.start, span.end);
  };

  it.each([
    ['One line.', 'One line.'],
    ['# Title\n\nFirst.\nStill first.\n\nSecond.', 'First.\nStill first.'],
    ['# Title\r\n\r\nFirst.\r\nStill first.\r\n\r\nSecond.', 'First.\r\nStill first.'],
    ['# Title\nRight below.', 'Right below.'],
    ['---\n\n\n  Indented.  \n', '  Indented.'],
  ])('of %j', (text, expected) => {
    expect(paragraph(text)).toBe(expected);
  });

  it.each(['', '\n\n', '# Title', '   \n'])('is nowhere in %j', (text) => {
    expect(paragraph(text)).toBeNull();
  });
});
