import * as vscode from 'vscode';
import type { Hunk } from '../../inspection/documentComparison';
import { changeNote, changeNoteDetail } from './changeNoteText';
import type { ChangesSession } from './changesSession';
import { noteLines } from './noteLines';

/** Says beside each changed stretch what the change did to its bits. */
export class ChangeNotes implements vscode.Disposable {
  private readonly more = note('forwardPass.moreBitsForeground');
  private readonly fewer = note('forwardPass.fewerBitsForeground');
  private readonly subscriptions: { dispose(): void }[];
  /** Those that have notes. */
  private noted = new Set<vscode.TextEditor>();
  private drawn: unknown = null;

  constructor(private readonly session: ChangesSession) {
    this.subscriptions = [
      this.more,
      this.fewer,
      session.onDidChange(() => this.update()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.update(true)),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private update(editorsChanged = false): void {
    const { notes } = this.session;
    if (!editorsChanged && this.drawn === (notes?.hunks ?? null)) return;
    this.drawn = notes?.hunks ?? null;
    const editors = vscode.window.visibleTextEditors;
    const showing = notes ? editors.filter(({ document }) => document === notes.document) : [];
    for (const editor of this.noted) {
      if (!editors.includes(editor) || showing.includes(editor)) continue;
      editor.setDecorations(this.more, []);
      editor.setDecorations(this.fewer, []);
    }
    this.noted = new Set(showing);
    if (!notes) return;
    const { hunks, document } = notes;
    const lines = noteLines(hunks, {
      count: document.lineCount,
      text: (line) => document.lineAt(line).text,
    });
    const options = (more: boolean) =>
      hunks.flatMap((hunk, i) => {
        return hunk.difference > 0 === more ? [decoration(document, lines[i]!, hunk)] : [];
      });
    for (const editor of showing) {
      editor.setDecorations(this.more, options(true));
      editor.setDecorations(this.fewer, options(false));
    }
  }
}

function note(color: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor(color), margin: '0 0 0 2em', fontStyle: 'normal' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
}

function decoration(
  document: vscode.TextDocument,
  line: number,
  hunk: Hunk,
): vscode.DecorationOptions {
  const { end } = document.lineAt(line).range;
  return {
    range: new vscode.Range(end, end),
    hoverMessage: changeNoteDetail(hunk),
    renderOptions: { after: { contentText: changeNote(hunk) } },
  };
}
