import type { Span } from './textSpan';

/** Where the first paragraph of prose is in a Markdown or plain text: not a heading, not a rule. */
export function firstParagraph(text: string): Span | null {
  const paragraph = /(?:^|\n)(?![ \t]*(?:#|[-*_=]{3}|\r?\n|$))([^\n]+(?:\n(?![ \t]*\r?(?:\n|$))[^\n]+)*)/.exec(text); // prettier-ignore
  if (!paragraph?.[1]) return null;
  const start = paragraph.index + paragraph[0].length - paragraph[1].length;
  return { start, end: start + paragraph[1].trimEnd().length };
}
