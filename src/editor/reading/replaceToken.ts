import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import { isWritable } from '../isWritable';
import type { TokenReplacement } from './tokenLinks';

/**
 * Puts another text in a token's place: one edit, which one undo takes back. The cursor is then
 * behind it.
 *
 * @throws {UserError} where something else stands there now, or the document cannot be written;
 * nothing is written then.
 */
export async function replaceToken({ uri, start, end, text, by }: TokenReplacement): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (!document) {
    throw new UserError(
      'The document was closed: open it and rest the pointer on the token again.',
    );
  }
  const range = () => new vscode.Range(document.positionAt(start), document.positionAt(end));
  const expectUnchanged = () => {
    const isThere = document.getText(range()) === text;
    if (isThere && document.offsetAt(range().start) === start) return;
    throw new UserError(
      'The text was changed here meanwhile: rest the pointer on the token again.',
    );
  };
  expectUnchanged();
  const writable = await isWritable(document.uri);
  expectUnchanged();
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const written = by.replace(/\r\n|\r|\n/g, eol);
  const behind = () => document.positionAt(start + written.length);
  // An editor that is read-only says that it took the edit, but did not.
  const isThere = () => document.getText(new vscode.Range(range().start, behind())) === written;
  if (!writable || !(await write(document, range(), by)) || !isThere()) {
    expectUnchanged();
    const name = vscode.workspace.asRelativePath(document.uri);
    throw new UserError(`${name} is read-only, so the token stays as it is.`);
  }
  const editor = editorOf(document);
  if (editor) editor.selection = new vscode.Selection(behind(), behind());
  // It speaks of the token that was there.
  await vscode.commands.executeCommand('editor.action.hideHover');
}

/** False where the document did not take it. */
async function write(document: vscode.TextDocument, range: vscode.Range, by: string) {
  const editor = editorOf(document);
  if (editor) {
    const stops = { undoStopBefore: true, undoStopAfter: true };
    return editor.edit((edit) => edit.replace(range, by), stops);
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, by);
  return vscode.workspace.applyEdit(edit);
}

/** The editor that a person would see it in. */
function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor?.document === document) return activeTextEditor;
  return visibleTextEditors.find((editor) => editor.document === document);
}
