import * as vscode from 'vscode';
import { machineMemory, type MemoryEstimate } from '../../models/memory';
import type { EngineConnection } from '../../protocol/engine';
import type { ModelRef } from '../../protocol/inspection';
import { memoryQuestion } from './modelItem';
import { setModel } from './modelSetting';

export interface UseModelContext {
  engine: EngineConnection;
  /** How to load a model, beside where it is; throws a `UserError` where settings are wrong. */
  loading: () => Omit<ModelRef, 'folder'>;
  bundled: string;
  explain: (error: unknown) => string;
}

export interface WantedModel {
  path: string;
  name: string;
  memory: MemoryEstimate | null;
}

/**
 * Lets the engine load a model, and only then makes it the one of the setting: one that does not work
 * leaves the previous model in use, with everything that is on show.
 */
export async function useModel(
  { engine, loading, bundled, explain }: UseModelContext,
  { path, name, memory }: WantedModel,
): Promise<boolean> {
  const question = memoryQuestion(name, memory, machineMemory());
  if (question && !(await confirmed(question, 'Load Anyway'))) return false;
  try {
    const model = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Forward Pass: loading ${name}`,
        cancellable: true,
      },
      (progress, cancellation) => {
        const controller = new AbortController();
        cancellation.onCancellationRequested(() => controller.abort());
        return Promise.race([
          engine.request(
            'describe',
            { model: { ...loading(), folder: path } },
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
    await setModel(path === bundled ? '' : path);
    void vscode.window.setStatusBarMessage(`Forward Pass now uses ${model.name}.`, 5000);
    return true;
  } catch (error) {
    void vscode.window.showErrorMessage(explain(error));
    return false;
  }
}

export async function confirmed(
  { message, detail }: { message: string; detail: string },
  yes: string,
): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
