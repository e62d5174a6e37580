import type { ExportSubject } from '../protocol/exports';
import type { SectionTable } from './sectionTable';

/** What a section shows, as data and, where there is one, as a drawing. */
export interface SectionData extends SectionTable {
  /** What choosing a row of the table does, and which of `rows` is chosen already. */
  choose?: (row: number) => void;
  chosen?: number | null;
  picture?: () => Picture | null;
  /** What the data are of, where that is not the inspection. */
  of?: ExportSubject;
  /** What a file holds, where it is more than is at hand. */
  all?: () => Promise<Pick<SectionTable, 'rows' | 'json'>>;
}

/** A drawing that can be written to a file. */
export type Picture = { kind: 'png'; canvas: HTMLCanvasElement } | { kind: 'svg'; svg: string };
