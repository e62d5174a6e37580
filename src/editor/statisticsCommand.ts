import * as vscode from 'vscode';
import type { ReportedDocument } from './reportedDocument';

export interface StatisticsCommandContext {
  reported: ReportedDocument;
  editor(): vscode.TextEditor | undefined;
  /** Brings the panel into view, if it is nowhere, without taking the focus. */
  showPanel(): Promise<void>;
}

/** "Document Statistics": of the document in the editor, or of what is selected in it. */
export async function documentStatistics(context: StatisticsCommandContext): Promise<void> {
  const editor = context.editor();
  if (!editor) {
    void vscode.window.showInformationMessage('Open a text, then run Document Statistics again (VS Code keeps files over 50 MB from extensions).'); // prettier-ignore
    return;
  }
  const { document, selection } = editor;
  const part = selection.isEmpty
    ? null
    : { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
  context.reported.show(document, part);
  await context.showPanel();
}
