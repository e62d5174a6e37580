import * as vscode from 'vscode';
import { UserError } from '../protocol/userError';
import type { Span } from './textSpan';

/**
 * Brings a part of a document into view without taking the focus: in an editor that shows the
 * document, else in the tab that holds it, else in a new one that does not cover `avoid`.
 */
export async function revealSpan(
  uri: vscode.Uri,
  span: Span,
  avoid: vscode.ViewColumn | undefined,
): Promise<vscode.TextEditor | undefined> {
  const editor =
    vscode.window.visibleTextEditors.find(
      (shown) => shown.document.uri.toString() === uri.toString(),
    ) ?? (await show(uri, avoid));
  if (!editor) return undefined;
  const range = new vscode.Range(
    editor.document.positionAt(span.start),
    editor.document.positionAt(span.end),
  );
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}

async function show(uri: vscode.Uri, avoid: vscode.ViewColumn | undefined) {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some((cell) => cell.document.uri.toString() === uri.toString()),
  );
  if (notebook) {
    const index = notebook
      .getCells()
      .findIndex((cell) => cell.document.uri.toString() === uri.toString());
    await vscode.window.showNotebookDocument(notebook, {
      preserveFocus: true,
      selections: [new vscode.NotebookRange(index, index + 1)],
    });
    return vscode.window.visibleTextEditors.find(
      (shown) => shown.document.uri.toString() === uri.toString(),
    );
  }
  const holder = vscode.window.tabGroups.all.find((group) =>
    group.tabs.some(
      (tab) =>
        tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString(),
    ),
  );
  const free = holder ?? vscode.window.tabGroups.all.find((group) => group.viewColumn !== avoid);
  const column = free?.viewColumn ?? vscode.ViewColumn.Beside;
  return vscode.window.showTextDocument(await openDocument(uri), {
    preserveFocus: true,
    preview: true,
    viewColumn: column === avoid ? vscode.ViewColumn.Beside : column,
  });
}

/** @throws {UserError} where it is not there any more. */
export async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (cause) {
    const name = vscode.workspace.asRelativePath(uri);
    throw new UserError(`${name} cannot be opened any more: inspect a text that is still there.`, {
      cause,
    });
  }
}
