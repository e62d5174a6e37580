import { alignTokens } from './tokenAlignment';

/** Lines from `start` to before `end`, counted from 0. */
export interface LineRange {
  start: number;
  end: number;
}

/** Lines that are the same in two texts, or that stand in one in the place of the other's. */
export interface AlignedLines {
  kind: 'same' | 'changed';
  linesBefore: LineRange;
  linesAfter: LineRange;
  /** UTF-16 offsets of their beginnings. */
  startBefore: number;
  startAfter: number;
  /** UTF-16 length of `same` lines. */
  length: number;
}

/** Aligns two texts line by line; a line's break is part of it. */
export function lineAlignment(before: string, after: string): AlignedLines[] {
  const known = new Map<string, number>();
  const numbered = (text: string) => {
    const lines = linesOf(text);
    const ids = new Uint32Array(lines.length);
    const starts = new Uint32Array(lines.length + 1);
    for (const [i, line] of lines.entries()) {
      starts[i + 1] = starts[i]! + line.length;
      let id = known.get(line);
      if (id === undefined) known.set(line, (id = known.size));
      ids[i] = id;
    }
    return { ids, starts };
  };
  const [a, b] = [numbered(before), numbered(after)];
  return alignTokens(a.ids, b.ids).map((stretch) => ({
    kind: stretch.kind,
    linesBefore: stretch.a,
    linesAfter: stretch.b,
    startBefore: a.starts[stretch.a.start]!,
    startAfter: b.starts[stretch.b.start]!,
    length: a.starts[stretch.a.end]! - a.starts[stretch.a.start]!,
  }));
}

/** A text's lines, each with the break that ends it; as VS Code counts them, less an empty last one. */
export function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+/g) ?? [];
}
