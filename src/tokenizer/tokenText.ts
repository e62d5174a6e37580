import { characterLength } from './utf8';

// `ignoreBOM` keeps a byte order mark in the text; by default it would be swallowed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A token's bytes for people, as in the protocol's `Token.text`: whole characters are decoded,
 * every other byte is written as `\xNN`. U+FFFD appears only where the bytes say U+FFFD.
 */
export function tokenText(bytes: Uint8Array): string {
  let text = '';
  let decoded = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += decoder.decode(bytes.subarray(decoded, at));
    text += '\\x' + bytes[at]!.toString(16).toUpperCase().padStart(2, '0');
    at++;
    decoded = at;
  }
  return text + decoder.decode(bytes.subarray(decoded));
}
