import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { registerLanguageModelTools } from './editor/assistant/languageModelTools';
import { ChangeNotes } from './editor/changes/changeNotes';
import { changesRequests } from './editor/changes/changesRequests';
import { ChangesSession } from './editor/changes/changesSession';
import { registerCommands } from './editor/commands';
import { configuration, staleAfter } from './editor/configuration';
import { CursorPrediction } from './editor/cursor/cursorPrediction';
import { CursorStatusBar } from './editor/cursor/cursorStatusBar';
import { showDemo } from './editor/demo';
import { Exports } from './editor/exports';
import { failureSentence } from './editor/failure';
import { PredictionHover } from './editor/hover';
import { insertText } from './editor/insertText';
import { InspectionSession } from './editor/inspectionSession';
import { LastEditor } from './editor/lastEditor';
import { ModelCommands } from './editor/models/modelCommands';
import { openConfig } from './editor/openConfig';
import { DocumentReadings } from './editor/reading/documentReadings';
import { Highlights } from './editor/reading/highlights';
import { HighlightStatus } from './editor/reading/highlightStatus';
import { placement } from './editor/reading/placement';
import { SurprisingTokens } from './editor/reading/surprisingTokens';
import { TokenHover } from './editor/reading/tokenHover';
import { TokenTexts } from './editor/reading/tokenTexts';
import { ReportedDocument } from './editor/reportedDocument';
import { StatusBar } from './editor/statusBar';
import { TokenHighlight } from './editor/tokenHighlight';
import { EngineClient } from './engine/client';
import { bundledModelFolder } from './models/modelFolder';
import type { PanelCommand, PanelSource } from './panel/panelSource';
import { PanelTab } from './panel/panelTab';
import { PanelView } from './panel/panelView';
import { recordedPage } from './panel/recordedPage';

/** What `activate` returns, for tests. */
export interface ExtensionApi {
  session: InspectionSession;
  engine: EngineClient;
  readings: DocumentReadings;
  changes: ChangesSession;
  highlights: Highlights;
  reported: ReportedDocument;
  surprising: SurprisingTokens;
  cursor: CursorPrediction;
  source: PanelSource;
  view: PanelView;
  tab: PanelTab;
  /** Shows the selected token in the editor. */
  reveal(avoid?: vscode.ViewColumn): Promise<void>;
}

/** Puts the parts together. Nothing is loaded or computed before somebody asks for it. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const { extensionUri } = context;
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };

  const log = own(vscode.window.createOutputChannel('Forward Pass', { log: true }));
  const explain = (error: unknown) => failureSentence(error, (details) => log.error(details));
  const bundled = bundledModelFolder(extensionUri.fsPath);
  const { settings, loading, reading, parameters, modelLabel, unloadAfterMs } =
    configuration(bundled);
  const engine = own(
    new EngineClient({
      entry: join(extensionUri.fsPath, 'dist', 'engine.js'),
      log: (line) => log.info(line),
      unloadAfterMs: () => {
        try {
          return unloadAfterMs();
        } catch (error) {
          log.warn(explain(error));
          return 0;
        }
      },
    }),
  );
  const session = new InspectionSession({
    engine,
    parameters,
    modelLabel,
    explain,
    log: (line) => log.info(line),
  });
  // Commands that need an inspection are offered once there is one: it then stays.
  const inspected = own(
    session.onDidChange(() => {
      if (!session.state.inspection) return;
      inspected.dispose();
      void vscode.commands.executeCommand('setContext', 'forwardPass.inspected', true);
    }),
  );
  const highlight = own(new TokenHighlight(session));
  const lastEditor = own(new LastEditor());
  own(new StatusBar(session));

  own(registerLanguageModelTools({ engine, parameters, modelLabel, explain }));

  const reader = { engine, parameters: reading, explain };
  const readings = own(new DocumentReadings(reader, placement(settings)));
  const highlights = own(new Highlights(readings, explain));
  own(new HighlightStatus(highlights));
  const reported = own(new ReportedDocument(readings));
  const surprising = own(
    new SurprisingTokens({
      readings,
      editor: () => lastEditor.editor,
      leastBits: (document) => highlights.settings(document).surprisingBits,
      explain,
    }),
  );

  const hover = new PredictionHover({
    engine,
    settings,
    parameters,
    yields: (document, selection) => surprising.isAt(document, selection),
    explain,
  });
  const tokenHover = new TokenHover({
    readings,
    texts: new TokenTexts(engine),
    model: () => parameters().model,
    shown: (document, position) =>
      highlights.of(document) !== undefined || surprising.isOn(document, position),
    taken: (document, position) => hover.answers(document, position),
    explain,
  });
  for (const provider of [hover, tokenHover]) {
    own(vscode.languages.registerHoverProvider({ scheme: '*' }, provider));
  }

  const cursor = own(new CursorPrediction({ engine, parameters, settings, explain }));
  own(new CursorStatusBar(cursor));
  const changes = own(new ChangesSession(reader));
  own(new ChangeNotes(changes));

  const exports = new Exports({
    subject: (of) => {
      if (of === 'document') return reported.subject;
      if (of === 'cursor') return cursor.exported;
      if (of === 'changes') return changes.exported;
      const { inspection } = session.state;
      const { subject } = session;
      return inspection && subject && { ...subject, model: inspection.result.model };
    },
    engine,
    parameters,
    version: (context.extension.packageJSON as { version: string }).version,
    page: async (recording) => {
      const script = await readFile(join(extensionUri.fsPath, 'dist', 'webview.js'), 'utf8');
      return recordedPage(script, recording);
    },
  });
  const models = new ModelCommands({
    engine,
    loading,
    bundled,
    current: () => parameters().model.folder,
    storage: context.globalStorageUri.fsPath,
    secrets: context.secrets,
    explain,
  });
  const source: PanelSource = {
    get state() {
      return {
        ...session.state,
        document: reported.report,
        changes: changes.state,
        cursor: cursor.state,
      };
    },
    onDidChange: (listener) =>
      vscode.Disposable.from(
        session.onDidChange(listener),
        reported.onDidChange(listener),
        cursor.onDidChange(listener),
        changes.onDidChange(listener),
      ),
    select: async (position, reveal, avoid) => {
      session.select(position);
      if (reveal) await highlight.reveal(avoid);
    },
    command: runPanelCommand,
    chooseFolder: () => models.chooseOther(),
    openConfig,
    exports,
    documents: {
      insertText: (params) => insertText(session, params),
      copyText: async ({ text }) => vscode.env.clipboard.writeText(text),
    },
    report: {
      documentLines: () => reported.lines(),
      revealLine: async ({ line }, avoid) => {
        await reported.reveal(line, avoid);
        return null;
      },
      documentReading: ({ action }) => {
        reported[action]();
        return null;
      },
    },
    changes: changesRequests(changes),
    explain,
  };
  const view = new PanelView(extensionUri, source, engine);
  const tab = own(new PanelTab(extensionUri, source, engine));
  own(vscode.window.registerWebviewViewProvider(PanelView.id, view));
  own(vscode.window.registerWebviewPanelSerializer(PanelTab.viewType, tab));

  async function showPanel(): Promise<void> {
    if (view.visible || tab.visible) return;
    await vscode.commands.executeCommand(`${PanelView.id}.focus`, { preserveFocus: true });
  }

  async function runPanelCommand(command: PanelCommand): Promise<void> {
    if (command === 'cancel') session.cancel();
    else if (command === 'repeat') await session.repeat();
    else if (command === 'openSettings') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'forwardPass.');
    } else await vscode.commands.executeCommand(`forwardPass.${command}`);
  }

  own(
    registerCommands({
      session,
      readings,
      highlights,
      reported,
      surprising,
      cursor,
      changes,
      models,
      settings,
      explain,
      editor: () => lastEditor.editor,
      showPanel,
      openTab: () => tab.open(),
      exportInspection: () => (tab.visible ? tab : view).exportInspection(),
      restartEngine: () => {
        engine.restart();
        hover.clear();
        tokenHover.clear();
        cursor.reset();
        vscode.window.setStatusBarMessage('Forward Pass: the engine starts anew with the next request.', 5000); // prettier-ignore
      },
      showLog: () => log.show(),
    }),
  );

  own(
    vscode.workspace.onDidChangeConfiguration((change) => {
      const stale = staleAfter(change);
      if (stale.readings) readings.reset();
      if (stale.changes) changes.reset();
      if (!stale.inspection) return;
      // Who looks at the panel sees the change at once; else it waits for the next inspection.
      if (view.visible || tab.visible) void session.repeat();
      else session.dismissError();
    }),
  );

  const demo = process.env['FORWARD_PASS_DEMO'];
  if (demo) showDemo(demo).catch((error: unknown) => log.error(explain(error)));

  return {
    session,
    engine,
    readings,
    changes,
    highlights,
    reported,
    surprising,
    cursor,
    source,
    view,
    tab,
    reveal: (avoid) => highlight.reveal(avoid),
  };
}
