/** What the links of a token's hover run, and what they hand over. */

export const REPLACE_COMMAND = 'forwardPass.replaceToken';
export const INSPECT_AT_COMMAND = 'forwardPass.inspectAt';

/** What a link says of a token and of what is to stand in its place. */
export interface TokenReplacement {
  /** The document's URI as a string. */
  uri: string;
  /** UTF-16 offsets in the document. */
  start: number;
  end: number;
  /** What stands there. */
  text: string;
  /** What is to stand there. Line ends become those of the document. */
  by: string;
}

export interface PlaceInDocument {
  /** The document's URI as a string. */
  uri: string;
  /** UTF-16 offset in the document. */
  offset: number;
}

/** A command's address with its argument; no mark in it ends a Markdown link or a table's cell. */
export function link(command: string, argument: TokenReplacement | PlaceInDocument): string {
  const json = encodeURIComponent(JSON.stringify([argument]));
  const marks = /[!'()*~_]/g;
  return `command:${command}?${json.replace(marks, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)}`; // prettier-ignore
}
