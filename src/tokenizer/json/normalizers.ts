import { UserError } from '../../protocol/userError';
import { Alignment } from './alignment';

/** Changes a text before it is cut; null where it leaves it as it is in length and place. */
export type Normalizer = (text: string) => { text: string; alignment: Alignment | null };

type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** What can change with the character before it: marks, medial and final jamo, and a few letters. */
const segment = /[^][\p{M}\u1160-\u11FF\uD7B0-\uD7FF\uFF9E\uFF9F\u{16D63}-\u{16D6A}]*/gu;

/** Marks behind one another: the system sorts them in the square of their number, and cannot be stopped. */
const manyMarks = /\p{M}{64,}/gu;
/** UTF-16 units of such; these take a twentieth of a second. */
const mostMarks = 10_000;

/** @throws {UserError} where there are so many marks behind one another that it would take minutes. */
function checkMarks(text: string): void {
  for (const [marks] of text.matchAll(manyMarks)) {
    if (marks.length <= mostMarks) continue;
    throw new UserError(
      `The text has ${marks.length} combining marks behind one another, too many to be put in ` +
        'order as this model reads them. Take them out.',
    );
  }
}

/**
 * A Unicode normalization form. Most texts have it already, which is quick to see. In any other
 * the characters that change are found one by one, so that all others keep their exact place; those
 * that are changed together stand for their range together.
 */
export function unicodeForm(form: UnicodeForm): Normalizer {
  return (text) => {
    checkMarks(text);
    const whole = text.normalize(form);
    if (whole === text) return { text, alignment: null };
    const alignment = new Alignment();
    let length = 0;
    for (const { 0: old, index } of text.matchAll(segment)) {
      const changed = old.normalize(form);
      if (changed !== old) addChange(alignment, old, index, changed, length);
      length += changed.length;
    }
    if (length === whole.length) return { text: whole, alignment };
    // A character that changed with one that was not thought of: the change is the whole text.
    const coarse = new Alignment();
    addChange(coarse, text, 0, whole, 0);
    return { text: whole, alignment: coarse };
  };
}

/** Without the characters that are the same at both ends. */
function addChange(
  alignment: Alignment,
  before: string,
  start: number,
  after: string,
  from: number,
): void {
  const old = Array.from(before);
  const changed = Array.from(after);
  const shorter = Math.min(old.length, changed.length);
  let head = 0;
  while (head < shorter && old[head] === changed[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === changed.at(-1 - tail)) tail++;
  const headUnits = old.slice(0, head).join('').length;
  const tailUnits = old.slice(old.length - tail).join('').length;
  alignment.add(
    from + headUnits,
    from + after.length - tailUnits,
    start + headUnits,
    start + before.length - tailUnits,
  );
}

/** Puts characters before every text that is not empty. They stand for nothing. */
export function prepend(prefix: string): Normalizer {
  return (text) => {
    if (text === '') return { text, alignment: null };
    const alignment = new Alignment();
    alignment.add(0, prefix.length, 0, 0);
    return { text: prefix + text, alignment };
  };
}

/** Every `pattern` replaced by `content`, which then stands for it as a whole. */
export function replace(pattern: string, content: string): Normalizer {
  return (text) => {
    // A split by nothing would be between all characters.
    if (pattern === '' || !text.includes(pattern)) return { text, alignment: null };
    const changed = text.replaceAll(pattern, () => content);
    if (pattern.length === 1 && content.length === 1) return { text: changed, alignment: null };
    const alignment = new Alignment();
    let from = 0;
    let start = 0;
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, start)) {
      from += at - start;
      start = at + pattern.length;
      alignment.add(from, from + content.length, at, start);
      from += content.length;
    }
    return { text: changed, alignment };
  };
}

/** White space at the ends left out. */
export function strip(left: boolean, right: boolean): Normalizer {
  return (text) => {
    const start = left ? /^\p{White_Space}*/u.exec(text)![0].length : 0;
    let end = text.length;
    while (right && end > start && /\p{White_Space}/u.test(text[end - 1]!)) end--;
    if (start === 0) return { text: text.slice(0, end), alignment: null };
    const alignment = new Alignment();
    alignment.add(0, 0, 0, start);
    return { text: text.slice(start, end), alignment };
  };
}
