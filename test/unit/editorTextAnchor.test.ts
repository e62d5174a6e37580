import { describe, expect, it } from 'vitest';
import { TextAnchor, type TextChange } from '../../src/editor/textAnchor';

/** A document with one anchored text, edited as an editor would and compared after each step. */
class Anchored {
  private readonly text: string;
  readonly anchor: TextAnchor;

  constructor(
    public document: string,
    start: number,
    end: number,
  ) {
    this.text = document.slice(start, end);
    this.anchor = new TextAnchor('file:///text', start, this.text);
  }

  /** Replaces `length` units at `offset`; several edits are given last in the document first. */
  edit(...edits: [offset: number, length: number, text: string][]): this {
    const changes = edits.map(([rangeOffset, rangeLength, text]): TextChange => {
      return { rangeOffset, rangeLength, text };
    });
    for (const [offset, length, text] of edits) {
      this.document = this.document.slice(0, offset) + text + this.document.slice(offset + length);
    }
    this.anchor.follow(changes, ({ start, end }) => this.document.slice(start, end));
    return this;
  }

  /** The anchored text as it is found in the document now. */
  get found(): string | null {
    const span = this.anchor.locate({ start: 0, end: this.text.length });
    return span && this.document.slice(span.start, span.end);
  }
}

const fox = () => new Anchored('The quick brown fox jumps', 4, 15);

describe('TextAnchor', () => {
  it('locates ranges of the text in the document', () => {
    expect(fox().anchor.locate({ start: 6, end: 11 })).toEqual({ start: 10, end: 15 });
  });

  it.each<[string, [number, number, string]]>([
    ['an insertion before', [0, 0, 'See: ']],
    ['a deletion before', [0, 3, '']],
    ['a deletion that ends where it begins', [0, 4, '']],
    ['an insertion right at its beginning', [4, 0, 'very ']],
    ['an insertion right at its end', [15, 0, 'ish']],
    ['a replacement right after it', [15, 4, '!']],
    ['an insertion far after', [25, 0, ' over']],
  ])('stays with its text through %s', (_name, edit) => {
    expect(fox().edit(edit).found).toBe('quick brown');
  });

  it('stays with its text through several edits of one event', () => {
    expect(fox().edit([20, 5, 'leaps'], [15, 0, 'ish'], [0, 3, 'Each']).found).toBe('quick brown');
  });

  it.each<[string, [number, number, string]]>([
    ['an insertion', [6, 0, 'x']],
    ['a replacement of the same length', [6, 1, 'x']],
    ['a deletion at its beginning', [4, 1, '']],
    ['a deletion at its end', [14, 1, '']],
    ['a replacement of all of it', [4, 11, 'slow']],
  ])('is nowhere after %s inside', (_name, edit) => {
    expect(fox().edit(edit).found).toBeNull();
  });

  it.each<[string, [number, number, string], [number, number, string]]>([
    ['an insertion', [6, 0, 'x'], [6, 1, '']],
    ['a replacement of the same length', [6, 1, 'x'], [6, 1, 'i']],
    ['a deletion at its beginning', [4, 1, ''], [4, 0, 'q']],
    ['a deletion at its end', [10, 5, ''], [10, 0, 'brown']],
    ['a deletion of all of it', [4, 11, ''], [4, 0, 'quick brown']],
  ])('is back when %s was undone', (_name, edit, undo) => {
    expect(fox().edit(edit).edit(undo).found).toBe('quick brown');
  });

  it('is back when undone after an edit before it', () => {
    expect(fox().edit([6, 1, 'x']).edit([0, 0, '> ']).edit([8, 1, 'i']).found).toBe('quick brown');
  });

  it.each<[string, [number, number, string]]>([
    ['the beginning', [2, 5, 'e']],
    ['the end', [12, 6, '']],
    ['all', [0, 25, 'Nothing']],
  ])('is lost by an edit across %s, for good', (_name, edit) => {
    const text = fox().edit(edit);
    text.anchor.verify(() => 'quick brown');
    expect(text.found).toBeNull();
  });

  it('looks again when its document was out of sight', () => {
    const { anchor } = fox();
    anchor.verify(() => 'quick green');
    expect(anchor.intact).toBe(false);
    anchor.verify(() => 'quick brown');
    expect(anchor.intact).toBe(true);
    anchor.lose();
    anchor.verify(() => 'quick brown');
    expect(anchor.intact).toBe(false);
  });

  it('follows a thousand random edits exactly', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let round = 0; round < 1000; round++) {
      const text = fox();
      for (let step = 0; step < 5; step++) {
        const offset = random(text.document.length + 1);
        const length = random(Math.min(4, text.document.length - offset) + 1);
        text.edit([offset, length, 'xyz'.slice(0, random(4))]);
        if (text.anchor.intact) expect(text.found).toBe('quick brown');
      }
    }
  });
});
