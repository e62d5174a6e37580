import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { entriesOf } from '../../models/library/reading';
import { isLaterPart } from '../../weights/gguf/partNames';

/** Asks for a model folder. */
export async function askForModelFolder(): Promise<string | null> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: 'A folder with config.json and model.safetensors, or with a GGUF file',
    openLabel: 'Use This Model',
  });
  return chosen?.[0] ? modelIn(chosen[0].fsPath) : null;
}

/** Asks for a file of weights. */
export async function askForModelFile(): Promise<string | null> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: true,
    canSelectFolders: false,
    filters: { Model: ['gguf', 'safetensors'] },
    title: 'A GGUF file, or the weights beside a config.json',
    openLabel: 'Use This Model',
  });
  return chosen?.[0] ? modelIn(chosen[0].fsPath) : null;
}

/** What of a path is the model: weights lie in their folder, and a lone GGUF file is its folder's. */
export async function modelIn(path: string): Promise<string> {
  if (/\.gguf$/i.test(path)) return path;
  if (/\.safetensors(\.index\.json)?$/i.test(path) || basename(path) === 'config.json') {
    return dirname(path);
  }
  const names = (await entriesOf(path)).map(({ name }) => name);
  const ggufs = names.filter((name) => /\.gguf$/i.test(name) && !isLaterPart(name));
  return ggufs.length === 1 && !names.includes('config.json') ? join(path, ggufs[0]!) : path;
}
