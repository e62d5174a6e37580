import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import { ChangeEmitter } from '../emitter';
import type { DocumentReadings, HeldReading } from './documentReadings';
import { highlightDrawing, nothing, type HighlightDrawing } from './highlightDrawing';
import { readHighlightSettings, type HighlightSettings } from './highlightSettings';
import { HighlightStyles } from './highlightStyles';
import type { OpenReading } from './openReading';

/** At most this often is an editor drawn anew. */
const drawMs = 50;

/** Documents that are no text to read: output, input boxes and the like. */
const otherSchemes = new Set(['output', 'comment', 'vscode-scm', 'vscode-terminal', 'debug', 'vscode-interactive-input', 'walkThrough', 'walkThroughSnippet']); // prettier-ignore

/** Tints the tokens of highlighted documents in every editor that shows them. */
export class Highlights implements vscode.Disposable {
  private readonly changes = new ChangeEmitter();
  /** Something that `stateOf` says changed. */
  readonly onDidChange = this.changes.event;
  private readonly styles = new HighlightStyles();
  private readonly held = new Map<vscode.TextDocument, HeldReading>();
  /** What somebody asked for, whatever the settings say: by document. */
  private readonly asked = new Map<vscode.TextDocument, boolean>();
  /** What each editor shows now. */
  readonly drawn = new WeakMap<vscode.TextEditor, HighlightDrawing>();
  private readonly waiting = new Map<vscode.TextEditor, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly readings: DocumentReadings,
    private readonly explain: (error: unknown) => string,
  ) {
    const { window, workspace } = vscode;
    this.subscriptions = [
      this.styles,
      readings.onDidChange((open) => this.drawDocument(open.document)),
      window.onDidChangeVisibleTextEditors(() => this.update()),
      window.onDidChangeActiveTextEditor(() => this.changes.fire()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.drawSoon(textEditor)),
      workspace.onDidOpenTextDocument(() => this.update()),
      workspace.onDidCloseTextDocument((document) => {
        // A document whose language changes is closed and opened, but stays.
        if (document.isClosed) this.forget(document);
        else this.update();
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forwardPass')) this.update();
      }),
    ];
    this.update();
  }

  /** The reading that a document is highlighted with; undefined where it is not highlighted. */
  of(document: vscode.TextDocument): OpenReading | undefined {
    return this.held.get(document)?.open;
  }

  /** @throws {UserError} where a setting has a wrong value. */
  settings(document: vscode.TextDocument): HighlightSettings {
    const section = vscode.workspace.getConfiguration('forwardPass', document);
    return readHighlightSettings((key) => section.get(key));
  }

  /**
   * Switches a document's highlights on, or off; with a selection, they are of the selected part only.
   *
   * @throws {UserError} where there is no document to highlight.
   */
  toggle(editor: vscode.TextEditor | undefined): void {
    if (!editor) {
      throw new UserError(
        'Open a text to highlight (VS Code keeps files over 50 MB from extensions).',
      );
    }
    const { document, selection } = editor;
    if (this.held.has(document)) {
      this.asked.set(document, false);
      this.update();
      return;
    }
    this.settings(document);
    this.asked.set(document, true);
    const part = selection.isEmpty
      ? null
      : { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
    this.held.set(document, this.readings.hold(document, part));
    this.update();
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const reading of this.held.values()) reading.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private wanted(document: vscode.TextDocument): boolean {
    const asked = this.asked.get(document);
    if (asked !== undefined) return asked;
    if (otherSchemes.has(document.uri.scheme)) return false;
    try {
      return this.settings(document).highlight;
    } catch {
      // The sentence comes when somebody asks for highlights.
      return false;
    }
  }

  /** Brings what is held, and every editor, in line with what is wanted. */
  private update(): void {
    const documents = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    for (const document of documents) {
      const held = this.held.get(document);
      if (this.wanted(document)) {
        if (!held) this.held.set(document, this.readings.hold(document));
      } else if (held) {
        held.dispose();
        this.held.delete(document);
      }
    }
    for (const editor of vscode.window.visibleTextEditors) this.drawSoon(editor);
    this.changes.fire();
  }

  private forget(document: vscode.TextDocument): void {
    this.held.get(document)?.dispose();
    this.held.delete(document);
    this.asked.delete(document);
    this.changes.fire();
  }

  private drawDocument(document: vscode.TextDocument): void {
    if (!this.of(document)) return;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== document) continue;
      // What an edit may have changed goes at once; what becomes known may wait for the next frame.
      if (this.of(document)!.reading.validUntil < Infinity) this.draw(editor);
      else this.drawSoon(editor);
    }
    this.changes.fire();
  }

  private drawSoon(editor: vscode.TextEditor): void {
    this.of(editor.document)?.prefer(this.visibleRanges(editor.document));
    if (this.waiting.has(editor)) return;
    this.waiting.set(editor, setTimeout(() => this.draw(editor), drawMs)); // prettier-ignore
  }

  private visibleRanges(document: vscode.TextDocument): vscode.Range[] {
    return vscode.window.visibleTextEditors
      .filter((editor) => editor.document === document)
      .flatMap(({ visibleRanges }) => visibleRanges);
  }

  private draw(editor: vscode.TextEditor): void {
    clearTimeout(this.waiting.get(editor));
    this.waiting.delete(editor);
    if (!vscode.window.visibleTextEditors.includes(editor)) return;
    const open = this.of(editor.document);
    const settings = open && this.settingsOrNone(editor.document);
    const drawing = (open && settings && highlightDrawing(open, editor.visibleRanges, settings)) ?? nothing; // prettier-ignore
    this.drawn.set(editor, drawing);
    for (const [measure, types] of Object.entries(this.styles.levels)) {
      for (const [i, type] of types.entries()) {
        editor.setDecorations(type, measure === drawing.measure ? drawing.levels[i]! : []);
      }
    }
    editor.setDecorations(this.styles.peaks, drawing.peaks);
    editor.setDecorations(this.styles.lineBits, drawing.lineBits);
  }

  private settingsOrNone(document: vscode.TextDocument): HighlightSettings | null {
    try {
      return this.settings(document);
    } catch (error) {
      this.explain(error);
      return null;
    }
  }
}
