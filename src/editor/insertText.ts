import * as vscode from 'vscode';
import type { DocumentRequests } from '../protocol/documents';
import { UserError } from '../protocol/userError';
import { anchorsOf, placeOf, type InspectionSession } from './inspectionSession';
import { isWritable } from './isWritable';
import { openDocument } from './reveal';

/**
 * Puts a text behind a token of the inspected text, in the document that it was taken from: one edit,
 * which one undo takes back. Nothing is opened or scrolled.
 *
 * @throws {UserError} where the place is not there any more, or the document cannot be written.
 */
export async function insertText(
  session: InspectionSession,
  { serial, position, text }: DocumentRequests['insertText']['params'],
): Promise<void> {
  const { inspection } = session.state;
  const { subject } = session;
  const token = inspection?.result.tokens[position];
  if (inspection?.serial !== serial || !subject || !token) {
    throw new UserError('Another text was inspected meanwhile: continue that one.');
  }
  const place = placeOf(subject, token);
  if (!place) {
    if (anchorsOf(subject).every(({ intact }) => intact)) {
      throw new UserError(
        'This token is the line break between two cells, which is in neither of them: choose the token before or after it.',
      );
    }
    throw new UserError(
      'The text was changed since it was inspected, so its tokens have no place in the document ' +
        'any more: undo the change, or inspect the text again.',
    );
  }
  const uri = vscode.Uri.parse(place.uri, true);
  const name = vscode.workspace.asRelativePath(uri);
  const document = await openDocument(uri);
  if (!(await isWritable(uri))) {
    throw new UserError(
      `${name} is read-only: copy the text and paste it where it can be written.`,
    );
  }
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, document.positionAt(place.span.end), text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new UserError(`${name} did not take the text: copy it and paste it yourself.`);
  }
}
