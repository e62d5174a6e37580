/** Stands in for the tokenizer's display form. */
export function displayToken(text: string): string {
  return text
    .replace(/ /g, '·')
    .replace(/\t/g, '→')
    .replace(/\r\n|\n/g, '↵')
    .replace(/\r/g, '␍');
}
