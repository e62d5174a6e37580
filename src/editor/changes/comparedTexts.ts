import * as vscode from 'vscode';
import type { ChangesBase } from '../../protocol/documentChanges';
import { UserError } from '../../protocol/userError';
import { cellOf } from '../notebookContext';
import { cellLabel } from '../notebookText';
import type { Span } from '../textSpan';
import { spanLabel } from '../textSpan';
import { headDocument } from './gitHead';
import type { TextCopies } from './textCopies';

/** The two documents that are compared, and where the text after is from. */
export interface ComparedTexts {
  base: ChangesBase;
  /** For people: "notes.md", "notes.md:12–14". */
  source: string;
  before: vscode.TextDocument;
  after: vscode.TextDocument;
  /** The part of a document that `after` is a copy of; null where `after` is the document itself. */
  part: { document: vscode.TextDocument; span: Span } | null;
}

/** The name that people know a document by. */
export function fileName({ uri }: vscode.TextDocument): string {
  return uri.path.split('/').pop() || 'This document';
}

/**
 * A document as it is now, and as it is in the last commit, on disk or in the clipboard. With the
 * clipboard a selection is compared alone, and a notebook's cell too.
 *
 * @throws {UserError} where there is nothing to compare, or nothing to compare it with.
 */
export async function comparedTexts(
  base: ChangesBase,
  editor: vscode.TextEditor | undefined,
  copies: TextCopies,
): Promise<ComparedTexts> {
  if (!editor) {
    throw new UserError('Open a text to compare (VS Code keeps files over 50 MB from extensions).');
  }
  const { document } = editor;
  const whole = { base, source: fileName(document), after: document, part: null };
  switch (base) {
    case 'head':
      return { ...whole, before: await headDocument(document) };
    case 'saved':
      return { ...whole, before: await savedDocument(document, copies) };
    case 'clipboard':
      return { ...whole, ...(await withClipboard(editor, copies)) };
  }
}

async function savedDocument(document: vscode.TextDocument, copies: TextCopies) {
  const name = fileName(document);
  if (document.isUntitled) {
    throw new UserError(`${name} was never saved: compare it with the clipboard instead.`);
  }
  if (cellOf(document)) {
    throw new UserError(
      'A notebook’s cell is no file of its own: compare it with the clipboard instead.',
    );
  }
  return copies.open('saved', name, await savedText(document));
}

/**
 * A document's text as it lies on disk.
 *
 * @throws {UserError} where it cannot be read, or is no text.
 */
export async function savedText(document: vscode.TextDocument): Promise<string> {
  const { uri } = document;
  const name = fileName(document);
  let bytes: Uint8Array;
  try {
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (cause) {
    throw new UserError(`The saved file of ${name} cannot be read; it may have been deleted.`, {
      cause,
    });
  }
  try {
    return await vscode.workspace.decode(bytes, { uri });
  } catch (cause) {
    throw new UserError(`The saved file of ${name} is no text.`, { cause });
  }
}

async function withClipboard(editor: vscode.TextEditor, copies: TextCopies) {
  const { document, selection } = editor;
  const text = await vscode.env.clipboard.readText();
  const name = fileName(document);
  if (text === '') {
    throw new UserError('There is no text in the clipboard: copy the other version first.');
  }
  const before = await copies.open('clipboard', name, text);
  const cell = cellOf(document);
  if (selection.isEmpty && !cell) return { before };
  const range = selection.isEmpty ? wholeRange(document) : selection;
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const label = cell ? cellLabel(name, cell.index, cell.index) : name;
  return {
    before,
    after: await copies.open('selection', name, document.getText(range)),
    source: spanLabel(label, range.start.line, range.end.line),
    part: { document, span },
  };
}

export function wholeRange(document: vscode.TextDocument): vscode.Range {
  return document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
}
