import * as vscode from 'vscode';

/** Writes the setting; the empty string stands for the bundled model. */
export async function setModel(folder: string): Promise<void> {
  await vscode.workspace
    .getConfiguration('forwardPass')
    .update('model', folder === '' ? undefined : folder, vscode.ConfigurationTarget.Global);
}
