/**
 * Where a changed text came from: a list of the places that were changed; what lies between them
 * moved without change. All places are UTF-16 offsets, `to` and `end` are the first after the range.
 */
export class Alignment {
  private readonly edits: { from: number; to: number; start: number; end: number }[] = [];
  /** The edit that the last question was answered from: questions mostly go forward. */
  private last = 0;

  /** `[from, to)` of the new text stands for `[start, end)` of the old one. Added in order. */
  add(from: number, to: number, start: number, end: number): void {
    this.edits.push({ from, to, start, end });
  }

  /** The old range that `[from, to)` of the new text, one character, stands for. */
  range(from: number, to: number): [start: number, end: number] {
    const { edits } = this;
    let at = this.last;
    while (at > 0 && edits[at]!.from > from) at--;
    // The last edit that begins at or before `from`, and before one that begins there too.
    while (at + 1 < edits.length && edits[at + 1]!.from <= from) at++;
    this.last = at;
    const edit = edits[at];
    if (!edit || edit.from > from) return [from, to];
    if (from < edit.to) return [edit.start, edit.end];
    const shift = edit.end - edit.to;
    return [from + shift, to + shift];
  }
}

/** A text that was changed, and how it came about: the last change last. */
export interface Aligned {
  text: string;
  /** Where `text` begins in the original text: what it was cut from. */
  offset: number;
  alignments: readonly Alignment[];
}

/** The range of the original text that `[from, to)` of the changed one, one character, stands for. */
export function originalRange(
  { offset, alignments }: Aligned,
  from: number,
  to: number,
): [start: number, end: number] {
  let range: [number, number] = [from, to];
  for (let i = alignments.length - 1; i >= 0; i--) {
    const [start, end] = range;
    if (start === end) {
      // Nothing, at a place: where what follows it came from.
      const [place] = alignments[i]!.range(start, start + 1);
      range = [place, place];
    } else {
      const [first, firstEnd] = alignments[i]!.range(start, start + 1);
      const lastEnd = end - start > 1 ? alignments[i]!.range(end - 1, end)[1] : firstEnd;
      range = [first, Math.max(first, lastEnd)];
    }
  }
  return [range[0] + offset, range[1] + offset];
}
