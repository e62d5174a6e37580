import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';

export const copyScheme = 'forward-pass';

/** Texts that are in no file, as read-only documents: of the clipboard, of what was saved, of a selection. */
export class TextCopies implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly registration: vscode.Disposable;
  private serial = 0;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(copyScheme, this);
  }

  /** A new document with a text; it has the language that its name stands for. */
  open(kind: string, name: string, text: string): Thenable<vscode.TextDocument> {
    const uri = vscode.Uri.from({
      scheme: copyScheme,
      path: `/${kind}/${++this.serial}/${name}`,
    });
    this.texts.set(uri.toString(), text);
    return vscode.workspace.openTextDocument(uri);
  }

  /** Gives a document another text. */
  write({ uri }: vscode.TextDocument, text: string): void {
    const key = uri.toString();
    if (!this.texts.has(key) || this.texts.get(key) === text) return;
    this.texts.set(key, text);
    this.changes.fire(uri);
  }

  forget({ uri }: vscode.TextDocument): void {
    this.texts.delete(uri.toString());
  }

  /** What a document is a copy of is not known any more after VS Code was started again. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    const text = this.texts.get(uri.toString());
    if (text === undefined) {
      throw new UserError('This text was kept for a comparison that has ended: compare again.');
    }
    return text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}
