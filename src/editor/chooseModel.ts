import * as vscode from 'vscode';
import type { EngineConnection } from '../protocol/engine';

export interface ChooseModelContext {
  engine: EngineConnection;
  threads: () => number;
  explain: (error: unknown) => string;
}

/**
 * Asks for a model folder, lets the engine look into it, and only then makes it the model: a
 * folder that does not work leaves the previous model in use.
 */
export async function chooseModel(
  { engine, threads, explain }: ChooseModelContext,
  given?: vscode.Uri,
): Promise<boolean> {
  const folder = given ?? (await askForModelFolder());
  if (!folder) return false;
  try {
    const model = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: 'Forward Pass: looking into the model folder',
        cancellable: true,
      },
      (progress, cancellation) => {
        const controller = new AbortController();
        cancellation.onCancellationRequested(() => controller.abort());
        return Promise.race([
          engine.request(
            'describe',
            { model: { folder: folder.fsPath, threads: threads() } },
            {
              signal: controller.signal,
              onProgress: ({ message }) => progress.report({ message }),
            },
          ),
          new Promise<null>((resolve) => {
            controller.signal.addEventListener('abort', () => resolve(null));
          }),
        ]);
      },
    );
    if (!model) return false;
    await setModel(folder.fsPath);
    void vscode.window.setStatusBarMessage(`Forward Pass now uses ${model.name}.`, 5000);
    return true;
  } catch (error) {
    void vscode.window.showErrorMessage(explain(error));
    return false;
  }
}

/** Writes the setting; the empty string stands for the bundled model. */
export async function setModel(folder: string): Promise<void> {
  await vscode.workspace
    .getConfiguration('forwardPass')
    .update('model', folder === '' ? undefined : folder, vscode.ConfigurationTarget.Global);
}

export async function askForModelFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: 'A folder with config.json and model.safetensors',
    openLabel: 'Use This Model',
  });
  return chosen?.[0];
}
