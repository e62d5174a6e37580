import type { ChangedHunk, ChangesBase, DocumentChanges } from '../protocol/documentChanges';
import { change, count, counted, tenths } from './format';

/** What a document is compared with. */
export const baseNames: Record<ChangesBase, string> = {
  head: 'HEAD',
  saved: 'saved file',
  clipboard: 'clipboard',
};

/** What a comparison is about and how it stands, in a sentence; empty where an error says it. */
export function changesStatus({ status, fraction, figures, base }: DocumentChanges): string {
  const share = `${Math.floor(fraction * 100)}%`;
  switch (status) {
    case 'reading':
      return `Reading both versions: ${share}`;
    case 'edited':
      return 'Edited: reading again';
    case 'stopped':
      return figures ? 'Stopped: this is of before the last edit.' : `Stopped at ${share}.`;
    case 'failed':
      return '';
    case 'done':
      return figures?.hunks === 0
        ? `The text is the same as in ${base === 'head' ? '' : 'the '}${baseNames[base]}.`
        : `Read by ${figures?.model.name}`;
  }
}

/** "12", "12–14", or "after 11" where no line is left. */
export function lineLabel({ line, count }: ChangedHunk['linesAfter']): string {
  if (count === 0) return line === 1 ? 'at the top' : `after ${line - 1}`;
  return count === 1 ? `${line}` : `${line}–${line + count - 1}`;
}

/** "Line 3", "Lines 3–4 → 5", "Line 7, put in" */
export function hunkName({ linesBefore, linesAfter }: ChangedHunk): string {
  const named = (lines: ChangedHunk['linesAfter']) =>
    `Line${lines.count === 1 ? '' : 's'} ${lineLabel(lines)}`;
  if (linesBefore.count === 0) return `${named(linesAfter)}, put in`;
  if (linesAfter.count === 0) return `${named(linesBefore)}, taken out`;
  const [before, after] = [lineLabel(linesBefore), lineLabel(linesAfter)];
  return before === after ? named(linesAfter) : `${named(linesBefore)} → ${after}`;
}

/** What a hunk did to the bits of its own tokens, and of the unchanged ones after it. */
export function hunkMeaning(hunk: ChangedHunk): string {
  const own = `${tenths(hunk.bitsBefore)} → ${tenths(hunk.bitsAfter)} bits in ${counted(hunk.tokensBefore, 'token')} before and ${count(hunk.tokensAfter)} now`;
  if (hunk.knockOnTokens === 0) return own;
  return `${own}; ${change(hunk.knockOn, 1)} in the ${counted(hunk.knockOnTokens, 'unchanged token')} up to the next change`;
}
