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
  for (const notebook of vscode.workspace.notebookDocuments) {
    const index = notebook
      .getCells()
      .findIndex((cell) => cell.document.uri.toString() === uri.toString());
    if (index >= 0) return showCell(notebook, index, avoid);
  }
  return vscode.window.showTextDocument(await openDocument(uri), {
    preserveFocus: true,
    preview: true,
    viewColumn: columnOf(uri, avoid),
  });
}

/** The editor of a cell that is scrolled into view; none where it is shown as Markdown. */
async function showCell(
  notebook: vscode.NotebookDocument,
  index: number,
  avoid: vscode.ViewColumn | undefined,
) {
  const range = new vscode.NotebookRange(index, index + 1);
  const { visibleNotebookEditors } = vscode.window;
  const editor = visibleNotebookEditors.find((shown) => shown.notebook === notebook);
  // Scrolling an editor that is there leaves its cells selected as they are.
  if (editor) editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  else {
    await vscode.window.showNotebookDocument(notebook, {
      preserveFocus: true,
      selections: [range],
      viewColumn: columnOf(notebook.uri, avoid),
    });
  }
  return vscode.window.visibleTextEditors.find(
    (shown) => shown.document === notebook.cellAt(index).document,
  );
}

/** Where a document is to be shown: where its tab is, and never over column `avoid`. */
function columnOf(uri: vscode.Uri, avoid: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const { all } = vscode.window.tabGroups;
  const holder = all.find((group) =>
    group.tabs.some(
      ({ input }) =>
        (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook) &&
        input.uri.toString() === uri.toString(),
    ),
  );
  const column = (holder ?? all.find((group) => group.viewColumn !== avoid))?.viewColumn;
  return column === undefined || column === avoid ? vscode.ViewColumn.Beside : column;
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
