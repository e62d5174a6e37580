import * as vscode from 'vscode';

/** Asks for the config.json of any model; only the file is read, weights need not be there. */
export async function openConfig(): Promise<string | null> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: false,
    filters: { 'Model configuration': ['json'] },
    title: "A model's config.json",
    openLabel: 'Show Parameters',
  });
  return chosen?.[0]?.fsPath ?? null;
}
