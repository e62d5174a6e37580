import type { Hunk } from '../../inspection/documentComparison';
import { changeLine } from './changeNoteText';

/** Columns of a line that leave room for a note behind it in half of a diff editor. */
const mostColumns = 60;

/** The lines of the text after. */
export interface Lines {
  count: number;
  text(line: number): string;
}

/**
 * The line that each hunk is noted at, in order and each only once: its first. A note behind a long
 * line may be out of sight, at the right of it or, where lines are wrapped, cut off: it then stands at
 * a shorter line of the hunk, or at an empty one above or below it, as there is between paragraphs.
 */
export function noteLines(hunks: readonly Pick<Hunk, 'linesAfter'>[], lines: Lines): number[] {
  const taken = new Set<number>();
  return hunks.map((hunk) => {
    const first = Math.min(changeLine(hunk), lines.count - 1);
    const line = placesOf(hunk, first, lines).find((place) => !taken.has(place)) ?? first;
    taken.add(line);
    return line;
  });
}

/** The places that have room, the best first. */
function placesOf(
  { linesAfter: { start, end } }: Pick<Hunk, 'linesAfter'>,
  first: number,
  lines: Lines,
): number[] {
  const inside = range(Math.max(start, first + 1), end).filter((line) => line < lines.count);
  const around = [start - 1, end].filter((line) => line >= 0 && line < lines.count);
  return [
    ...[first].filter((line) => isShort(lines.text(line))),
    ...around.filter((line) => lines.text(line).trim() === ''),
    ...inside.filter((line) => isShort(lines.text(line))),
  ];
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

/** Chinese, Japanese and Korean characters take two columns. */
function isShort(line: string): boolean {
  const wide = line.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g);
  return line.length + (wide?.length ?? 0) <= mostColumns;
}
