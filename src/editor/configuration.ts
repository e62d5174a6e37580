import * as vscode from 'vscode';
import { modelFolderLabel, resolveModelFolder } from '../models/modelFolder';
import { check, isIntegerFrom, readSettings } from './settings';

/**
 * The settings in the forms in which requests want them. Each is read anew when it is called, and
 * throws a `UserError` where a setting has a value that it cannot have.
 *
 * @param bundled the folder of the model that comes with the extension.
 */
export function configuration(bundled: string) {
  const settings = () => readSettings(read);
  /** How a model is loaded, wherever it is. */
  const loading = () => {
    const { threads, contextLimit, mapWeights } = settings();
    return { threads, contextLimit, mapWeights };
  };
  /** Which model reads a text, and how. */
  const reading = () => {
    const { model, bos, specialTokens } = settings();
    const folder = resolveModelFolder(model, bundled);
    return { model: { folder, ...loading() }, bos, specialTokens };
  };
  /** What an inspection asks for. */
  const parameters = () => ({ ...reading(), topK: settings().topK });
  /** The model's name before it is loaded. */
  const modelLabel = () => {
    try {
      return modelFolderLabel(reading().model.folder, bundled);
    } catch {
      // The sentence that says what is wrong comes with the next inspection.
      return 'no model';
    }
  };
  /** After how long without a question the model is given back; 0 keeps it. */
  const unloadAfterMs = () =>
    60_000 * check(read, 'unloadAfterMinutes', isIntegerFrom(0, 1440), 'a whole number from 0 to 1,440'); // prettier-ignore
  return { settings, loading, reading, parameters, modelLabel, unloadAfterMs };
}

function read(key: string): unknown {
  return vscode.workspace.getConfiguration('forwardPass').get(key);
}

/** What a change of the settings makes stale. */
export function staleAfter(change: vscode.ConfigurationChangeEvent) {
  const changed = (keys: readonly string[]) =>
    keys.some((key) => change.affectsConfiguration(`forwardPass.${key}`));
  const reading = ['model', 'threads', 'contextLimit', 'beginningOfText', 'specialTokens'];
  return {
    /** Versions of a document that were compared. */
    changes: changed(reading),
    /** Documents that were read. */
    readings: changed([...reading, 'context', 'notebookContext']),
    inspection: changed([...reading, 'mapWeights', 'topK']),
  };
}
