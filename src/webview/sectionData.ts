/** What a section shows, as data: for its table, and for files. */
export interface SectionData {
  /** Front part of a file's name, such as `attention-L5H1`. */
  name: string;
  columns: readonly string[];
  /** Null is a value that is not there (yet). */
  rows: readonly (readonly TableCell[])[];
  /** The same and more, in the words of the command line's contract. */
  json: unknown;
  /** A drawing of it, where there is one. */
  picture?: () => Picture | null;
}

export type TableCell = string | number | null;

/** A drawing that can be written to a file. */
export type Picture = { canvas: HTMLCanvasElement } | { svg: string };
