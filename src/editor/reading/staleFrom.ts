/** UTF-16 units that are looked at before an edit. Longer stretches without a space are rare, and looked at again anyway once the text is read. */
export const looksBack = 200;

/**
 * Where tokens may have changed from, after an edit at an offset: tokens do not reach across the
 * beginning of a word, but in it, and in the white space before it, any may be cut anew.
 *
 * @param textBefore the text's last characters before an offset; these the edit left as they were.
 */
export function staleFrom(offset: number, textBefore: (offset: number) => string): number {
  const before = textBefore(offset).slice(-looksBack);
  const word = /\s*\S*$/.exec(before)![0];
  return offset - word.length;
}
