import type { DocumentChangesAnswers } from '../protocol/documentChanges';
import type { DocumentReportRequests } from '../protocol/documentReport';
import type { DocumentRequests } from '../protocol/documents';
import type { ExportRequests } from '../protocol/exports';
import type { PanelRequests, PanelState } from '../protocol/panel';

export interface Disposable {
  dispose(): void;
}

export type PanelCommand = PanelRequests['command']['params']['command'];

/** What a panel shows and asks for; the editor side provides it. */
export interface PanelSource {
  readonly state: PanelState;
  onDidChange(listener: () => void): Disposable;
  /** Makes a token the current one, and shows it in the editor beside column `avoid`. */
  select(position: number, reveal: boolean, avoid: number | undefined): Promise<void>;
  command(command: PanelCommand): Promise<void>;
  /** Asks for a model; its folder, or null where none was chosen. */
  chooseFolder(): Promise<string | null>;
  /** Asks for a config.json; null where none was chosen. */
  openConfig(): Promise<string | null>;
  exports: {
    [M in keyof ExportRequests]: (
      params: ExportRequests[M]['params'],
    ) => Promise<ExportRequests[M]['result']>;
  };
  documents: {
    [M in keyof DocumentRequests]: (params: DocumentRequests[M]['params']) => Promise<void>;
  };
  /** The document whose statistics are shown. */
  report: {
    [M in keyof DocumentReportRequests]: (
      params: DocumentReportRequests[M]['params'],
      /** The editor column that must not be covered. */
      avoid: number | undefined,
    ) => DocumentReportRequests[M]['result'] | Promise<DocumentReportRequests[M]['result']>;
  };
  /** The document that is compared with another version of it. */
  changes: DocumentChangesAnswers;
  /** The sentence to show for an error. */
  explain(error: unknown): string;
}
