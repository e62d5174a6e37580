import * as vscode from 'vscode';
import type { EngineConnection } from '../../protocol/engine';
import type { CursorPrediction as State } from '../../protocol/typing';
import { cellOf, contextOf } from '../notebookContext';
import { cellLabel } from '../notebookText';
import type { Exported } from '../exports';
import { check, isBoolean, type Settings } from '../settings';
import { spanLabel } from '../textSpan';
import { CursorPredictor, type CursorPlace, type CursorPredictorContext } from './cursorPredictor';
import { stableStart } from './textBeforeCursor';

export interface CursorPredictionContext extends Pick<
  CursorPredictorContext,
  'parameters' | 'explain'
> {
  engine: EngineConnection;
  settings(): Pick<Settings, 'notebookContext'>;
}

/** Settings that change what is predicted. */
const computed = [
  'model',
  'threads',
  'contextLimit',
  'topK',
  'beginningOfText',
  'specialTokens',
  'notebookContext',
];

/**
 * Prediction at the cursor of the text editor that was used last, where it is switched on: by the
 * setting for the document's language, or in this window by the command. It only ever reads.
 */
export class CursorPrediction implements vscode.Disposable {
  private readonly predictor: CursorPredictor;
  private readonly subscriptions: vscode.Disposable[];
  private editor: vscode.TextEditor | undefined;
  /** What the command chose; until then, and after the setting changed, the setting counts. */
  private chosen: boolean | null = null;
  /** What is wrong with the setting. */
  private wrong: unknown = null;

  constructor(private readonly context: CursorPredictionContext) {
    const { engine, explain } = context;
    this.predictor = new CursorPredictor({
      engine,
      parameters: () => {
        if (this.wrong !== null) throw this.wrong as Error;
        return context.parameters();
      },
      explain,
      place: () => this.place(),
    });
    const { window, workspace } = vscode;
    const isOurs = (document: vscode.TextDocument) => document === this.editor?.document;
    this.subscriptions = [
      window.onDidChangeActiveTextEditor(() => this.follow()),
      window.onDidChangeVisibleTextEditors(() => this.follow()),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.editor) this.predictor.moved();
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isOurs(document)) this.predictor.moved();
      }),
      // A document whose language changes is closed and opened again.
      workspace.onDidOpenTextDocument((document) => {
        if (isOurs(document)) this.update();
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forwardPass.predictionAtCursor')) {
          this.chosen = null;
          this.update();
        }
        if (computed.some((key) => change.affectsConfiguration(`forwardPass.${key}`))) {
          this.predictor.reset();
        }
      }),
    ];
    this.follow();
  }

  /** Null while it is off. */
  get state(): State | null {
    return this.predictor.state;
  }

  get onDidChange() {
    return this.predictor.onDidChange;
  }

  /** The answer on show, as what an export is of; null while there is none. */
  get exported(): Exported | null {
    const { subject } = this.predictor;
    if (!subject) return null;
    const { answer, text } = subject;
    return { source: answer.source, text, model: answer.model };
  }

  /** Switches it on or off in this window. Returns whether it is on now. */
  toggle(): boolean {
    this.wrong = null;
    this.chosen = !this.predictor.state;
    this.update();
    return this.chosen;
  }

  /** Asks again, whatever is known: the engine is a new one. */
  reset(): void {
    this.predictor.reset();
  }

  dispose(): void {
    this.predictor.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Keeps to the editor used last while it can be seen, also when the panel has the focus. */
  private follow(): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const before = this.editor;
    if (activeTextEditor && activeTextEditor.document.uri.scheme !== 'output') {
      this.editor = activeTextEditor;
    } else if (this.editor && !visibleTextEditors.includes(this.editor)) {
      this.editor = undefined;
    }
    if (this.editor === before) return;
    if (this.editor?.document === before?.document) this.predictor.moved();
    else this.predictor.reset();
    this.update();
  }

  private update(): void {
    if (this.chosen ?? this.setting()) this.predictor.start();
    else this.predictor.stop();
  }

  /** A wrong value counts as on, so that the sentence about it is seen where the prediction would be. */
  private setting(): boolean {
    const section = vscode.workspace.getConfiguration('forwardPass', this.editor?.document);
    this.wrong = null;
    try {
      return check((key) => section.get(key), 'predictionAtCursor', isBoolean, 'true or false');
    } catch (error) {
      this.wrong = error;
      this.predictor.reset();
      return true;
    }
  }

  private place(): CursorPlace | null {
    const { editor } = this;
    if (!editor || editor.document.isClosed) return null;
    const { document, selection } = editor;
    const { active } = selection;
    const { before } = contextOf(document, this.context.settings().notebookContext);
    const textBetween = (start: number, end: number) =>
      before.slice(Math.max(0, start), Math.max(0, end)) +
      document.getText(
        new vscode.Range(
          document.positionAt(start - before.length),
          document.positionAt(end - before.length),
        ),
      );
    const end = before.length + document.offsetAt(active);
    const start = stableStart(end, textBetween);
    const name = document.uri.path.split('/').pop() ?? 'text';
    const cell = cellOf(document);
    const label = cell ? cellLabel(name, cell.index, cell.index) : name;
    return {
      text: textBetween(start, end),
      source: spanLabel(label, active.line, active.line),
      nameOf: (offset) => {
        const at = start + offset - before.length;
        if (start + offset === 0) return null;
        return at < 0 ? 'a cell above' : `line ${document.positionAt(at).line + 1}`;
      },
    };
  }
}
