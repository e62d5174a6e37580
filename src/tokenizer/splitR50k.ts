/**
 * The pieces into which r50k_base and p50k_base cut a text before merging bytes: the pattern of
 * tiktoken (tiktoken_ext/openai_public.py, `r50k_pat_str`), the same as that of GPT-2's encoder.py,
 *
 *     '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * by hand, for two reasons. `\s` means the Unicode property White_Space there; JavaScript's has
 * U+FEFF besides and lacks U+0085. And JavaScript's engine keeps a way back for every character
 * of a run, so that a run of some million characters ends in a RangeError.
 */

const OTHER = 1;
const LETTER = 2;
const NUMBER = 3;
const SPACE = 4;

/** By code point; 0 where not asked for yet. */
const classes = new Uint8Array(0x110000);

function classOf(codePoint: number): number {
  return classes[codePoint] || classify(codePoint);
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let result = OTHER;
  if (/\p{L}/u.test(character)) result = LETTER;
  else if (/\p{N}/u.test(character)) result = NUMBER;
  else if (/\p{White_Space}/u.test(character)) result = SPACE;
  classes[codePoint] = result;
  return result;
}

/** UTF-16 units that one call looks at before it asks to be called again: about a millisecond. */
const SCAN_LIMIT = 1 << 18;

/**
 * Where the piece that begins at `start` ends. All places are UTF-16 offsets.
 *
 * @param start where a piece begins, less than the text's length
 * @param scanned how far an earlier call for the same piece came; `start` for the first call
 * @returns the end; or, after looking at many characters of a long piece without finding its end,
 *   `~scanned` (negative): call again with it
 */
export function r50kPieceEnd(text: string, start: number, scanned: number): number {
  const length = text.length;
  const stop = Math.min(length, scanned + SCAN_LIMIT);
  const first = text.charCodeAt(start);

  if (first === 0x27 && scanned === start) {
    const contraction = contractionLength(text, start);
    if (contraction > 0) return start + contraction;
  }

  // One space before something else belongs to it.
  let head = start;
  if (first === 0x20 && start + 1 < length && classAt(text, start + 1) !== SPACE) head++;
  const pieceClass = classAt(text, head);

  let at = Math.max(head, scanned);
  while (at < stop) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const codePoint = text.codePointAt(at)!;
      if (classOf(codePoint) !== pieceClass) break;
      at += codePoint > 0xffff ? 2 : 1;
    } else {
      if (classOf(unit) !== pieceClass) break;
      at++;
    }
  }
  if (at >= stop && stop < length) return ~at;
  // Of the white space before something else, the last character is left to what follows. White
  // space is always one unit.
  if (pieceClass === SPACE && at < length && at - start > 1) return at - 1;
  return at;
}

function classAt(text: string, at: number): number {
  return classOf(text.codePointAt(at)!);
}

/** Of `'s 't 'm 'd 're 've 'll`, lower case only, at `at`; 0 where there is none. */
function contractionLength(text: string, at: number): number {
  const next = text[at + 1];
  if (next === 's' || next === 't' || next === 'm' || next === 'd') return 2;
  const pair = text.slice(at + 1, at + 3);
  return pair === 're' || pair === 've' || pair === 'll' ? 3 : 0;
}
