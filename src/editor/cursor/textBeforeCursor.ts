/** UTF-16 units of the text before the cursor that are sent at most … */
export const mostCharacters = 32_768;
/** … and by how many the place where they begin moves. */
const step = mostCharacters / 2;
/** How far a line may reach for the text to begin at the next one. */
const longLine = 1_000;

/**
 * Where the text begins that is sent for a prediction at an offset: the beginning of the document, or
 * of a line that stays the same while thousands of characters are typed behind it. A place that moved
 * with each key press would make every token another one, and all that was computed worthless. It
 * depends on the offset and the text alone, not on what was asked before.
 *
 * @param textBetween the document's text between two offsets; cut at its end.
 */
export function stableStart(
  offset: number,
  textBetween: (start: number, end: number) => string,
): number {
  if (offset <= mostCharacters) return 0;
  const place = Math.ceil((offset - mostCharacters) / step) * step;
  const text = textBetween(place - 1, place + longLine);
  const lineBreak = text.indexOf('\n');
  if (lineBreak >= 0) return place + lineBreak;
  // Not between the halves of a character.
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text) ? place + 1 : place;
}

/** So many characters before the cursor are shown, to tell what a prediction is for. */
const shownCharacters = 80;

/** The end of the text before the cursor, for people. */
export function endOf(text: string): string {
  return text.slice(-shownCharacters).replace(/^[\udc00-\udfff]/, '');
}
