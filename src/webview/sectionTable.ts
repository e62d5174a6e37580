import type { TableCell } from '../inspection/csv';

/** What a section shows, as data: for its table, and for files. */
export interface SectionTable {
  /** Front part of a file's name, such as `attention-L5H1`. */
  name: string;
  columns: readonly string[];
  rows: readonly (readonly TableCell[])[];
  /** The same and more, in the words of the command line's contract. */
  json: unknown;
}
