import * as vscode from 'vscode';
import { nothingBefore, textAbove, type TextBefore } from './notebookText';
import type { Settings } from './settings';

/** The notebook that a document is a cell of, and which one. */
export function cellOf(
  document: vscode.TextDocument,
): { notebook: vscode.NotebookDocument; index: number } | undefined {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const index = notebook.getCells().findIndex((cell) => cell.document === document);
    if (index >= 0) return { notebook, index };
  }
  return undefined;
}

/** What is read before a document of itself: nothing, but for cells that those above belong to. */
export function contextOf(
  document: vscode.TextDocument,
  notebookContext: Settings['notebookContext'],
): TextBefore {
  if (notebookContext === 'cell') return nothingBefore;
  const cells = cellOf(document)?.notebook.getCells() ?? [];
  return textAbove(
    cells.map((cell) => ({ uri: cell.document.uri.toString(), text: cell.document.getText() })),
    document.uri.toString(),
  );
}
