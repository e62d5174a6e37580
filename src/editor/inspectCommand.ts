import * as vscode from 'vscode';
import { UserError } from '../protocol/userError';
import type { InspectionSession, Outcome } from './inspectionSession';
import { selectedText } from './selectedText';
import type { Settings } from './settings';
import { withSlowProgress } from './slowProgress';

export interface InspectCommandContext {
  session: InspectionSession;
  editor(): vscode.TextEditor | undefined;
  settings(): Settings;
  explain(error: unknown): string;
  /** Brings the panel into view, if it is nowhere, without taking the focus. */
  showPanel(): Promise<void>;
}

/** "Inspect Selection": from the selection to the panel that shows what the model makes of it. */
export async function inspectSelection(context: InspectCommandContext): Promise<Outcome> {
  const { session } = context;
  let subject;
  try {
    subject = selectedText(context.editor(), context.settings());
  } catch (error) {
    const sentence = context.explain(error);
    if (error instanceof UserError) void vscode.window.showInformationMessage(sentence);
    else void vscode.window.showErrorMessage(sentence);
    return 'failed';
  }
  const work = session.inspect(subject);
  // The panel opens while the model computes, and shows how far it is.
  const [outcome] = await Promise.all([withSlowProgress(session, work), context.showPanel()]);
  if (outcome === 'failed') void reportFailure(session.state.error ?? '');
  return outcome;
}

/** Says why an inspection failed, with what may help. */
async function reportFailure(sentence: string): Promise<void> {
  const actions = new Map([
    ['Choose Model…', 'forwardPass.chooseModel'],
    ['Show Log', 'forwardPass.showLog'],
  ]);
  const chosen = await vscode.window.showErrorMessage(sentence, ...actions.keys());
  const command = actions.get(chosen ?? '');
  if (command !== undefined) await vscode.commands.executeCommand(command);
}
