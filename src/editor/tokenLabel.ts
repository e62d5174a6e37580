/** Characters that would be invisible, or would reorder their surroundings, if shown as they are. */
const UNSEEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]|[\ud800-\udfff]/gu; // prettier-ignore
const NAMES = new Map([
  [' ', '·'],
  ['\n', '↵'],
  ['\r', '␍'],
  ['\t', '→'],
]);

/** A token's text for reading: whitespace made visible, other invisible characters by number. */
export function tokenLabel(text: string): string {
  if (text === '') return '∅';
  return text
    .replace(/[ \n\r\t]/g, (character) => NAMES.get(character) ?? character)
    .replace(
      UNSEEN,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
}
