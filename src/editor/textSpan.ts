/** Offsets are UTF-16 units from the beginning of the document. */
export interface Span {
  start: number;
  end: number;
}

/** What the choice of a text depends on. */
export interface Selected {
  /** The primary selection; empty where there is only a cursor. */
  selection: Span;
  /** Where the cursor's line begins. */
  lineStart: number;
}

/**
 * Which part of a document the model reads: the selection, or without one the line up to the
 * cursor; with `document` everything before that too (the engine keeps the tail that fits).
 * Null where that is nothing.
 */
export function chooseSpan(
  { selection, lineStart }: Selected,
  context: 'selection' | 'document',
): Span | null {
  const focus =
    selection.start < selection.end ? selection : { start: lineStart, end: selection.end };
  const span = context === 'document' ? { start: 0, end: focus.end } : focus;
  return span.start < span.end ? span : null;
}

/** "notes.md:12" or "notes.md:12–14", with lines counted from 0 as the editor does. */
export function spanLabel(name: string, firstLine: number, lastLine: number): string {
  const first = `${name}:${firstLine + 1}`;
  return firstLine === lastLine ? first : `${first}–${lastLine + 1}`;
}
