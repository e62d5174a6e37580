import { count } from '../numbers';

/** So much of a text is shown before it is measured. */
const SHOWN_CHARACTERS = 200;
const SHOWN_LINES = 6;

/**
 * What a person is asked before an assistant has texts measured, as Markdown: the beginning of each
 * and who reads it.
 */
export function confirmationMarkdown(
  texts: readonly { label: string; text: string }[],
  modelName: string,
): string {
  const paragraphs = texts.map(({ label, text }) => {
    const length = `${count(text.length)} character${text.length === 1 ? '' : 's'}`; // prettier-ignore
    return `${label} (${length}):\n\n“${excerpt(text)}”`;
  });
  return [
    ...paragraphs,
    `Read on this machine only, by the model: ${escaped(modelName)}. The assistant gets the result.`,
  ].join('\n\n');
}

function excerpt(text: string): string {
  // Not through the middle of a character.
  const beginning = text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
  const lines = beginning.split(/\r\n|\r|\n/);
  const cut = beginning.length < text.length || lines.length > SHOWN_LINES;
  return lines.slice(0, SHOWN_LINES).map(escaped).join('  \n') + (cut ? '…' : '');
}

/**
 * Text that stays text in Markdown, and also where VS Code shows Markdown as plain text (in the dialog
 * outside of a chat): that knows backslashes, and entities only for what could be HTML.
 */
export function escaped(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, (mark) => entities.get(mark) ?? `\\${mark}`)
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .replace(/^ | (?= )| $/g, '\u00a0');
}

const entities = new Map([
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['&', '&amp;'],
]);
