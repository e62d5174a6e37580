/**
 * The messages between the panel's host side (extension) and the webview. The webview asks by
 * request and is answered; the host tells by event.
 */
import type { EngineRequests, Progress } from './engine';
import type { DocumentChanges, DocumentChangesRequests } from './documentChanges';
import type { DocumentReport, DocumentReportRequests } from './documentReport';
import type { DocumentRequests } from './documents';
import type { ExportRequests } from './exports';
import type { Inspection } from './inspection';
import type { CursorPrediction } from './typing';

export type TokenColoring = 'surprisal' | 'probability' | 'rank' | 'entropy' | 'none';

/** What the panel shows, whole: a webview that was hidden or reloaded is brought up to date by it. */
export interface PanelState {
  /** The inspection on show; stays on show while the next one is computed or after one failed. */
  inspection: ShownInspection | null;
  /** A computation under way. */
  busy: Progress | null;
  /** The last failure, as a sentence; null after a success. */
  error: string | null;
  /** Index of the token that everything speaks of; null only where `inspection` is. */
  position: number | null;
  /** `modelName` is of the model that the next inspection is made with. */
  settings: { topK: number; modelName: string };
  /** The last text that a command asked to compare the inspection with. */
  compareWish: { serial: number; text: string; source: string } | null;
  /** The document whose statistics are shown, beside the inspection. */
  document: DocumentReport | null;
  /** The document that is compared with another version of it; absent where none is. */
  changes?: DocumentChanges | null;
  /** Absent where prediction at the cursor is off. */
  cursor?: CursorPrediction | null;
}

export interface ShownInspection {
  /** Grows by one with each inspection: answers that belong to an older one are dropped. */
  serial: number;
  /** File name and range, for people, such as "notes.md:12–14". */
  source: string;
  /** The token ranges can still be revealed in the editor (the text there is unchanged). */
  revealable: boolean;
  result: Inspection;
}

/** The engine's requests that the webview may make itself; the host only hands them on. */
export const engineQuestions = [
  'inspect',
  'attention',
  'headSummary',
  'logits',
  'vocabulary',
  'tokenize',
  'intervene',
  'interventionEffect',
  'patchBaseline',
  'patch',
  'patchHeads',
  'lens',
  'lensTable',
  'attribution',
  'namedToken',
  'neurons',
  'neuron',
  'nearestTokens',
  'tokenDirection',
  'tokenMap',
  'describeConfig',
  'knownModels',
  'weightsHash',
  'nextTokens',
  'continue',
  'beam',
] as const;

export type EngineQuestion = (typeof engineQuestions)[number];

/** Webview → host, answered. */
export interface PanelRequests
  extends
    Pick<EngineRequests, EngineQuestion>,
    ExportRequests,
    DocumentRequests,
    DocumentReportRequests,
    DocumentChangesRequests {
  /** The webview is there (again): answers the current state. */
  ready: { params: null; result: PanelState };
  /** Make a token the current position and show it in the editor. */
  select: { params: { position: number; reveal: boolean }; result: null };
  /** Asks for a model; its folder, or null where none was chosen. */
  chooseFolder: { params: null; result: string | null };
  /** Asks for a config.json; answers its path, or null where none was chosen. */
  openConfig: { params: null; result: string | null };
  /** Do what the button says. */
  command: {
    params: {
      command:
        | 'inspectSelection'
        | 'openInTab'
        | 'cancel'
        | 'repeat'
        | 'showLog'
        | 'chooseModel'
        | 'openSettings';
    };
    result: null;
  };
}

/** The state, less the result where the webview has it already: it can be a megabyte. */
export interface PanelUpdate extends Omit<PanelState, 'inspection'> {
  /** `result: null` is the result that came before with the same `serial`. */
  inspection: (Omit<ShownInspection, 'result'> & { result: Inspection | null }) | null;
}

/** Host → webview, not answered. */
export interface PanelEvents {
  state: PanelUpdate;
  /** Somebody ran the command that exports the inspection on show. */
  export: null;
}

/** What travels by `postMessage`, in both directions. */
export type PanelMessage =
  | { kind: 'request'; id: number; method: keyof PanelRequests; params: unknown }
  /** The answer to a request is not wanted any more. */
  | { kind: 'cancel'; id: number }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'failure'; id: number; message: string }
  | { kind: 'event'; event: keyof PanelEvents; data: unknown };
