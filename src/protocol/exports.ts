import type { ModelDescription } from './inspection';
import type { SpecialTokensIn } from './textReading';

/** What something on show can be kept as. A page is the whole panel, with what it shows. */
export type ExportFormat = 'json' | 'csv' | 'svg' | 'png' | 'page';

/** What the numbers of an export are of. */
export type ExportSubject = 'inspection' | 'document' | 'changes' | 'cursor';

/** Where the numbers of a file come from: part of every file. */
export interface Provenance {
  tool: string;
  version: string;
  /** File name and range, for people. */
  source: string;
  text: string;
  model: Pick<
    ModelDescription,
    'name' | 'family' | 'parameters' | 'nLayer' | 'nHead' | 'nEmbd' | 'dtype'
  > & { sha256: string };
  settings: { topK: number; beginningOfText: boolean | 'auto'; specialTokens?: SpecialTokensIn };
}

/** Webview → host. */
export interface ExportRequests {
  /** Asks as what to keep something, and where; null where nobody wants to after all. */
  chooseExport: {
    params: { what: string; formats: ExportFormat[]; of: ExportSubject };
    result: { format: ExportFormat; to: 'file' | 'clipboard'; provenance: Provenance } | null;
  };
  /** Writes the file that a dialog asks for, or the clipboard. False where nothing was written. */
  saveExport: {
    params: {
      /** Without its ending. */
      name: string;
      format: ExportFormat;
      to: 'file' | 'clipboard';
      /** Of a page: the recording that it shows. */
      content: string | Uint8Array;
    };
    result: boolean;
  };
}
