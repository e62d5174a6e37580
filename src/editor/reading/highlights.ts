import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import { ChangeEmitter } from '../emitter';
import type { DocumentReadings, HeldReading } from './documentReadings';
import { readHighlightSettings, type HighlightSettings } from './highlightSettings';
import { HighlightStyles } from './highlightStyles';
import { lineBits } from './lineBits';
import type { OpenReading } from './openReading';
import { levelSpans, peaks } from './tokenSpans';

/** Lines around those on screen that are drawn too, so that scrolling does not outrun the colours. */
const margin = 40;
/** VS Code renders no more of a line (`editor.stopRenderingLineAfter`). */
const longestLine = 10_000;
const mostPeaks = 500;
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
  private readonly held = new Map<string, HeldReading>();
  /** What somebody asked for, whatever the settings say: by document. */
  private readonly asked = new Map<string, boolean>();
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
      window.onDidChangeActiveTextEditor(() => this.changed()),
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
    return this.held.get(keyOf(document))?.open;
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
    const key = keyOf(document);
    if (this.held.has(key)) {
      this.asked.set(key, false);
      this.update();
      return;
    }
    this.settings(document);
    this.asked.set(key, true);
    const part = selection.isEmpty
      ? null
      : { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
    this.held.set(key, this.readings.hold(document, part));
    this.update();
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const reading of this.held.values()) reading.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private wanted(document: vscode.TextDocument): boolean {
    const asked = this.asked.get(keyOf(document));
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
      const key = keyOf(document);
      const held = this.held.get(key);
      if (this.wanted(document)) {
        if (!held) this.held.set(key, this.readings.hold(document));
      } else if (held) {
        held.dispose();
        this.held.delete(key);
      }
    }
    for (const editor of vscode.window.visibleTextEditors) this.drawSoon(editor);
    this.changed();
  }

  private forget(document: vscode.TextDocument): void {
    const key = keyOf(document);
    this.held.get(key)?.dispose();
    this.held.delete(key);
    this.asked.delete(key);
    this.changed();
  }

  private changed(): void {
    const { activeTextEditor } = vscode.window;
    const highlighted = activeTextEditor !== undefined && this.of(activeTextEditor.document) !== undefined; // prettier-ignore
    void vscode.commands.executeCommand('setContext', 'forwardPass.highlighted', highlighted);
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
    const drawn = this.drawing(editor);
    for (const type of this.styles.all) editor.setDecorations(type, drawn.get(type) ?? []);
  }

  private drawing(editor: vscode.TextEditor) {
    const drawn = new Map<vscode.TextEditorDecorationType, vscode.DecorationOptions[]>();
    const open = this.of(editor.document);
    const text = open?.reading.text;
    if (!open || !text) return drawn;
    const settings = this.settingsOrNone(editor.document);
    if (!settings) return drawn;
    const add = (type: vscode.TextEditorDecorationType, options: vscode.DecorationOptions[]) =>
      drawn.set(type, [...(drawn.get(type) ?? []), ...options]);
    for (const lines of around(editor)) {
      const levels = levelSpans(text, settings.measure, open.tokensIn(lines));
      for (const [level, spans] of levels.entries()) {
        if (level === 0) continue;
        const ranges = spans.map((span) => open.rangeOfSpan(span));
        const rendered = ranges.filter(({ start }) => start.character < longestLine);
        add(this.styles.levels[settings.measure][level - 1]!, rendered.map((range) => ({ range }))); // prettier-ignore
      }
      if (settings.lineBits) add(this.styles.lineBits, this.lineNotes(open, lines));
    }
    const shown = open.tokensIn(whole(editor.document));
    const surprising = peaks(text, settings.surprisingBits, mostPeaks);
    const valid = surprising.filter((token) => token >= shown.first && token < shown.last);
    add(this.styles.peaks, valid.map((token) => ({ range: open.rangeOf(token) }))); // prettier-ignore
    return drawn;
  }

  /** The bits of each line, at its end. */
  private lineNotes(open: OpenReading, lines: vscode.Range): vscode.DecorationOptions[] {
    const { document } = open;
    const notes: vscode.DecorationOptions[] = [];
    for (let line = lines.start.line; line <= lines.end.line; line++) {
      const { range, rangeIncludingLineBreak } = document.lineAt(line);
      const span = open.spanOf(rangeIncludingLineBreak);
      if (!span || range.end.character > longestLine) continue;
      const bits = lineBits(open.reading.text!, open.tokensIn(rangeIncludingLineBreak).first, span);
      if (bits === null) continue;
      notes.push({
        range: new vscode.Range(range.end, range.end),
        renderOptions: { after: { contentText: `${bits.toFixed(1)} bits` } },
      });
    }
    return notes;
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

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}

function whole(document: vscode.TextDocument): vscode.Range {
  const last = document.lineAt(document.lineCount - 1);
  return new vscode.Range(new vscode.Position(0, 0), last.range.end);
}

/** The lines on screen, and some more; ranges that would overlap are one. */
function around({ visibleRanges, document }: vscode.TextEditor): vscode.Range[] {
  const ranges: vscode.Range[] = [];
  for (const { start, end } of visibleRanges) {
    const first = Math.max(0, start.line - margin);
    const last = Math.min(document.lineCount - 1, end.line + margin);
    const range = new vscode.Range(new vscode.Position(first, 0), document.lineAt(last).range.end);
    const before = ranges.at(-1);
    if (before?.intersection(range)) ranges[ranges.length - 1] = before.union(range);
    else ranges.push(range);
  }
  return ranges;
}
