import * as vscode from 'vscode';
import { UserError } from '../protocol/userError';

/** Shows the sentence for an error: what a person can act on is a hint, anything else a failure. */
export function sayFailure(error: unknown, explain: (error: unknown) => string): void {
  const sentence = explain(error);
  if (error instanceof UserError) void vscode.window.showInformationMessage(sentence);
  else void vscode.window.showErrorMessage(sentence);
}
