import * as vscode from 'vscode';
import type { ChangesBase } from '../../protocol/documentChanges';
import { tenths } from '../numbers';
import { signedBits } from './changeNoteText';
import type { ChangesSession } from './changesSession';

const messageMs = 10_000;

/** Each command's name, and what it compares the document with. */
export const compareCommands: readonly (readonly [string, ChangesBase])[] = [
  ['compareWithHead', 'head'],
  ['compareWithSaved', 'saved'],
  ['compareWithClipboard', 'clipboard'],
];

/**
 * Compares the text in an editor with another version of it: the diff editor opens, and the status bar
 * says how far both are read, and what came of it.
 *
 * @throws {UserError} where there is nothing to compare.
 */
export async function compareDocument(
  session: ChangesSession,
  base: ChangesBase,
  editor: vscode.TextEditor | undefined,
  showPanel: () => Promise<void>,
): Promise<void> {
  await session.compare(base, editor);
  await showPanel();
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window }, (progress) => {
    const report = () => {
      const percent = Math.floor((session.state?.fraction ?? 0) * 100);
      progress.report({ message: `Forward Pass: reading both versions, ${percent}%` });
    };
    report();
    const listener = session.onDidChange(report);
    return session.finished().finally(() => listener.dispose());
  });
  const { state } = session;
  if (state?.status !== 'done' || !state.figures) return;
  const { before, after, difference, hunks } = state.figures;
  const outcome =
    hunks === 0
      ? 'both versions are the same'
      : `${tenths(before.bits)} → ${tenths(after.bits)} bits (${signedBits(difference)})`;
  vscode.window.setStatusBarMessage(`${state.source}: ${outcome}`, messageMs);
}
