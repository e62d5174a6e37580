import type { TextChange } from '../textAnchor';
import type { Span } from '../textSpan';

/**
 * Where a part of a document is after edits. What is put in at its end belongs to it, what is put in
 * at its beginning does not; of what is cut across its border, the rest stays.
 */
export function followSpan(span: Span, changes: readonly TextChange[]): Span {
  let { start, end } = span;
  // As VS Code reports them, the last in the document first: earlier offsets are still right.
  for (const { rangeOffset, rangeLength, text } of changes) {
    const changeEnd = rangeOffset + rangeLength;
    const growth = text.length - rangeLength;
    if (rangeOffset > end || (rangeOffset === end && rangeLength > 0)) continue;
    if (changeEnd <= start) {
      start += growth;
      end += growth;
      continue;
    }
    const newStart = rangeOffset < start ? rangeOffset + text.length : start;
    const newEnd = changeEnd > end ? rangeOffset + text.length : end + growth;
    [start, end] = [newStart, Math.max(newStart, newEnd)];
  }
  return { start, end };
}
