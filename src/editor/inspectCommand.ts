import * as vscode from 'vscode';
import type { InspectionSession, Outcome, Subject } from './inspectionSession';
import { sayFailure } from './sayFailure';
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
  let subject;
  try {
    subject = selectedText(context.editor(), context.settings());
  } catch (error) {
    sayFailure(error, (error) => context.explain(error));
    return 'failed';
  }
  return inspectSubject(context, subject);
}

/** Shows in the panel what the model makes of a text. */
export async function inspectSubject(
  { session, showPanel }: Pick<InspectCommandContext, 'session' | 'showPanel'>,
  subject: Subject,
): Promise<Outcome> {
  const work = session.inspect(subject);
  // The panel opens while the model computes, and shows how far it is.
  const [outcome] = await Promise.all([withSlowProgress(session, work), showPanel()]);
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
