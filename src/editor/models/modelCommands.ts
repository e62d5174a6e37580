import { join } from 'node:path';
import * as vscode from 'vscode';
import { knownPlaces, sharedDownloads } from '../../models/library/modelPlaces';
import { parseEndpoint } from '../../models/download/endpoint';
import type { EngineConnection } from '../../protocol/engine';
import { check, isString } from '../settings';
import type { ChooseModelContext } from './chooseModel';
import { HubToken } from './hubToken';
import { setModel } from './modelSetting';
import type { UseModelContext } from './useModel';

export interface ModelCommandsContext extends Omit<UseModelContext, 'engine'> {
  engine: EngineConnection & { unload(): boolean };
  /** Path of the model in use; throws a `UserError` where the setting names none. */
  current: () => string;
  /** The extension's own folder on this machine. */
  storage: string;
  secrets: vscode.SecretStorage;
}

/** What the commands about models do. What finds and downloads them is loaded with the first one. */
export class ModelCommands {
  private readonly token: HubToken;

  constructor(private readonly context: ModelCommandsContext) {
    this.token = new HubToken(context.secrets);
  }

  async choose(given?: vscode.Uri): Promise<boolean> {
    const { chooseModel } = await import('./chooseModel');
    return this.explained(() => chooseModel(this.chooseContext(), given), false);
  }

  async download(): Promise<boolean> {
    const { downloadAndUse } = await import('./chooseModel');
    return this.explained(() => downloadAndUse(this.chooseContext()), false);
  }

  /** A model to compare with; null where none was chosen. */
  async chooseOther(): Promise<string | null> {
    const { chooseOtherModel } = await import('./chooseModel');
    return this.explained(() => chooseOtherModel(this.chooseContext()), null);
  }

  setToken(): Promise<boolean> {
    return this.explained(() => this.token.ask(endpoint()), false);
  }

  async useBundled(): Promise<void> {
    await setModel('');
    vscode.window.setStatusBarMessage('Forward Pass now uses the bundled model.', 5000);
  }

  unload(): void {
    const message = this.context.engine.unload()
      ? 'Forward Pass: the model was unloaded; it is loaded again when it is needed.'
      : 'Forward Pass: no model is loaded.';
    vscode.window.setStatusBarMessage(message, 5000);
  }

  private chooseContext(): ChooseModelContext {
    const { bundled, storage, current } = this.context;
    const downloads = join(storage, 'models');
    return {
      ...this.context,
      downloads,
      endpoint,
      token: this.token,
      current: () => {
        try {
          return current();
        } catch {
          // The sentence that says what is wrong with the setting comes with the next inspection.
          return null;
        }
      },
      places: {
        ...knownPlaces(),
        bundled,
        downloads: [downloads, sharedDownloads()],
        workspace: (vscode.workspace.workspaceFolders ?? [])
          .filter(({ uri }) => uri.scheme === 'file')
          .map(({ uri }) => uri.fsPath),
      },
    };
  }

  private async explained<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      void vscode.window.showErrorMessage(this.context.explain(error));
      return otherwise;
    }
  }
}

function endpoint(): URL {
  const section = vscode.workspace.getConfiguration('forwardPass');
  return parseEndpoint(
    check((key) => section.get(key), 'huggingFaceEndpoint', isString, 'a web address in quotes'),
  );
}
