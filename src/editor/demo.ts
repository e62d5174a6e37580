import * as vscode from 'vscode';
import { firstParagraph } from './firstParagraph';

/**
 * What the environment variable `FORWARD_PASS_DEMO` asks for at startup: opens the file that it
 * names, selects the first paragraph and inspects it.
 */
export async function showDemo(file: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const span = firstParagraph(document.getText());
  if (!span) return;
  editor.selection = new vscode.Selection(
    document.positionAt(span.start),
    document.positionAt(span.end),
  );
  await vscode.commands.executeCommand('forwardPass.inspectSelection');
}
