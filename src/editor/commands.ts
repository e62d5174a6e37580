import * as vscode from 'vscode';
import type { ChangesSession } from './changes/changesSession';
import { compareCommands, compareDocument } from './changes/compareDocument';
import { compareSelection } from './compareCommand';
import type { CursorPrediction } from './cursor/cursorPrediction';
import { inspectSelection, inspectSubject } from './inspectCommand';
import type { InspectionSession } from './inspectionSession';
import { showMenu } from './menu';
import type { ModelCommands } from './models/modelCommands';
import { chooseMeasure } from './reading/chooseMeasure';
import type { DocumentReadings } from './reading/documentReadings';
import type { Highlights } from './reading/highlights';
import { inspectAt } from './reading/inspectAt';
import { replaceToken } from './reading/replaceToken';
import type { SurprisingTokens } from './reading/surprisingTokens';
import type { PlaceInDocument, TokenReplacement } from './reading/tokenLinks';
import type { ReportedDocument } from './reportedDocument';
import { sayFailure } from './sayFailure';
import type { Settings } from './settings';
import { documentStatistics } from './statisticsCommand';

/** What the commands act on. */
export interface CommandContext {
  session: InspectionSession;
  readings: DocumentReadings;
  highlights: Highlights;
  reported: ReportedDocument;
  surprising: SurprisingTokens;
  cursor: CursorPrediction;
  changes: ChangesSession;
  models: ModelCommands;
  settings(): Settings;
  explain(error: unknown): string;
  /** The text editor that a person looked at last. */
  editor(): vscode.TextEditor | undefined;
  /** Brings the panel into view, if it is nowhere, without taking the focus. */
  showPanel(): Promise<void>;
  openTab(): unknown;
  exportInspection(): unknown;
  restartEngine(): void;
  showLog(): void;
}

/** Registers every command of the palette, of menus, and of links in hovers. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { session, readings, highlights, surprising, models } = context;
  /** Does what a command says; what a person can mend is a message, not a stack trace. */
  const explained = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      sayFailure(error, (error) => context.explain(error));
    }
  };

  const commands: Record<string, (...args: never[]) => unknown> = {
    inspectSelection: () => inspectSelection(context),
    compareSelection: () => compareSelection(context),
    documentStatistics: () => documentStatistics(context),
    toggleHighlights: () => explained(() => highlights.toggle(context.editor())),
    highlightBy: () => explained(() => chooseMeasure(highlights, context.editor())),
    nextSurprisingToken: () => surprising.go(1),
    previousSurprisingToken: () => surprising.go(-1),
    replaceToken: (replacement: TokenReplacement) => explained(() => replaceToken(replacement)),
    inspectAt: (place: PlaceInDocument) =>
      explained(() =>
        inspectAt({ readings, inspect: (subject) => inspectSubject(context, subject) }, place),
      ),
    togglePredictionAtCursor: () => context.cursor.toggle(),
    openInTab: () => context.openTab(),
    chooseModel: (given?: vscode.Uri) => models.choose(given),
    downloadModel: () => models.download(),
    setHuggingFaceToken: () => models.setToken(),
    useBundledModel: () => models.useBundled(),
    unloadModel: () => models.unload(),
    restartEngine: () => context.restartEngine(),
    exportInspection: async () => {
      if (!session.state.inspection) {
        void vscode.window.showInformationMessage('There is nothing to export yet: inspect some text first.'); // prettier-ignore
        return;
      }
      await context.showPanel();
      context.exportInspection();
    },
    showLog: () => context.showLog(),
    showMenu: () => showMenu(session.state),
  };
  for (const [name, base] of compareCommands) {
    commands[name] = () =>
      explained(() =>
        compareDocument(context.changes, base, context.editor(), () => context.showPanel()),
      );
  }
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`forwardPass.${name}`, run),
    ),
  );
}
