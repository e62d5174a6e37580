/**
 * A token's text as people can see it: white space and invisible characters are drawn or named,
 * letters, emoji and right-to-left text stay as they are. Runs in the browser too.
 */

// An emoji with all that belongs to it, joiners included (UTS #51, section 1.4.9, "possible
// emoji"); and a letter with its variation selector. What is invisible in these belongs there.
const emojiElement = String.raw`\p{RI}\p{RI}|\p{Emoji}(?:\p{EMod}|[\uFE0E\uFE0F]\u20E3?|[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const emoji = String.raw`(?:${emojiElement})(?:\u200D(?:${emojiElement}))*`;
const variant = String.raw`[\p{L}\p{S}][\uFE00-\uFE0F\u{E0100}-\u{E01EF}]`;
const invisible = [
  String.raw`[\p{Z}\p{Cc}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]`,
  String.raw`[\uFFF9-\uFFFB\p{Noncharacter_Code_Point}]`,
].join('|');
// A mark without a letter to stand on, at the beginning of a token.
const looseMark = String.raw`^\p{M}`;

const pattern = new RegExp(`(${emoji}|${variant})|(${invisible})|(${looseMark})`, 'gu');

/**
 * `text` with every invisible character replaced: space by `·`, tab `→`, newline `⏎`, carriage
 * return `␍`, no-break space `⍽`, other ASCII control characters by their pictures (`␀`), all
 * others by their code point (`⟨U+200D⟩`). A combining mark that begins it stands on `◌`.
 *
 * @param text as in the protocol's `Token.text`; bytes written as `\xNN` stay so
 */
export function displayToken(text: string): string {
  return text.replace(pattern, (character: string, visible?: string, unseen?: string) => {
    if (visible !== undefined) return visible;
    if (unseen !== undefined) return picture(unseen);
    return '\u25CC' + character;
  });
}

function picture(character: string): string {
  switch (character) {
    case ' ':
      return '·';
    case '\t':
      return '→';
    case '\n':
      return '⏎';
    case '\u00A0':
      return '⍽';
  }
  const codePoint = character.codePointAt(0)!;
  // Unicode's block of control pictures follows the order of ASCII; DEL comes after them.
  if (codePoint < 0x20) return String.fromCodePoint(0x2400 + codePoint);
  if (codePoint === 0x7f) return '\u2421';
  return `⟨U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
