import * as vscode from 'vscode';

/** The text editor that a command means when the panel's tab has the focus: the last one used. */
export class LastEditor implements vscode.Disposable {
  private last = vscode.window.activeTextEditor;
  private readonly subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
    this.last = editor ?? this.last;
  });

  /** The active text editor, or the last one if it can still be seen. */
  get editor(): vscode.TextEditor | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    if (activeTextEditor) return activeTextEditor;
    return this.last && visibleTextEditors.includes(this.last) ? this.last : undefined;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
