import * as vscode from 'vscode';
import { UserError } from '../protocol/userError';
import type { Subject } from './inspectionSession';
import { cellOf, contextOf } from './notebookContext';
import { cellLabel, nothingBefore } from './notebookText';
import type { Settings } from './settings';
import { TextAnchor } from './textAnchor';
import { chooseSpan, spanLabel } from './textSpan';

/**
 * The text that "Inspect Selection" means in an editor. Where there is none the error's sentence
 * says what to do; it is a hint, not a failure.
 */
export function selectedText(
  editor: vscode.TextEditor | undefined,
  { context, notebookContext }: Pick<Settings, 'context' | 'notebookContext'>,
): Subject {
  if (!editor) {
    throw new UserError(
      'Open a text and select a part of it, then run Inspect Selection again (VS Code keeps files over 50 MB from extensions).',
    );
  }
  const { document, selection } = editor;
  const span = chooseSpan(
    {
      selection: {
        start: document.offsetAt(selection.start),
        end: document.offsetAt(selection.end),
      },
      lineStart: document.offsetAt(selection.active.with({ character: 0 })),
    },
    context,
  );
  if (!span) {
    throw new UserError(
      document.lineCount === 1 && document.lineAt(0).text === ''
        ? 'This document is empty: write something, then inspect it.'
        : 'Nothing stands before the cursor on this line: select some text, or put the cursor after some.',
    );
  }
  const first = document.positionAt(span.start);
  const last = document.positionAt(span.end);
  const text = document.getText(new vscode.Range(first, last));
  const { before, cells } =
    context === 'document' ? contextOf(document, notebookContext) : nothingBefore;
  return {
    text: before + text,
    source: sourceLabel(document, cells.length, first.line, last.line),
    anchor: new TextAnchor(document.uri.toString(), span.start, text, before.length),
    above: cells.map(({ uri, text, from }) => new TextAnchor(uri, 0, text, from)),
  };
}

/** Says for people where a text is from; lines are counted in one document only. */
export function sourceLabel(
  document: vscode.TextDocument,
  cellsAbove: number,
  firstLine: number,
  lastLine: number,
): string {
  const name = document.uri.path.split('/').pop() ?? 'text';
  const cell = cellOf(document);
  if (!cell) return spanLabel(name, firstLine, lastLine);
  const cells = cellLabel(name, cell.index - cellsAbove, cell.index);
  return cellsAbove > 0 ? cells : spanLabel(cells, firstLine, lastLine);
}
