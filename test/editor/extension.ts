import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';

/** The extension under test, activated. */
export async function activated(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('forward-pass.forward-pass');
  assert.ok(extension, 'VS Code does not know the extension');
  return extension.activate();
}

/** Sets one of the extension's settings; `undefined` takes the default again. */
export async function configure(key: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('forwardPass')
    .update(key, value, vscode.ConfigurationTarget.Global);
}

/** For the suite that it is called in: files are written when somebody saves. A browser's VS Code does after a second. */
export function withoutAutoSave(): void {
  const set = (value: string | undefined) =>
    vscode.workspace.getConfiguration('files').update('autoSave', value, true);
  before(() => set('off'));
  after(() => set(undefined));
}

/** Opens a new document with this text. */
export async function openText(content: string, language = 'plaintext') {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document);
  // A busy machine may still have the editor of before in its place.
  const editor = () => vscode.window.activeTextEditor;
  await until('the text to be in the active editor', () => editor()?.document === document);
  return editor()!;
}

/** Closes all editors, what is unsaved in them too. */
export async function closeEditors(): Promise<void> {
  while (vscode.window.tabGroups.all.some((group) => group.tabs.length > 0)) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** Selects the offsets from `start` to `end`; without them, all. */
export function select(editor: vscode.TextEditor, start?: number, end?: number): void {
  const { document } = editor;
  editor.selection = new vscode.Selection(
    document.positionAt(start ?? 0),
    document.positionAt(end ?? document.getText().length),
  );
}

/** As `select`, and waits until VS Code has it: what was on the way before comes no more. */
export async function selectSurely(
  editor: vscode.TextEditor,
  start: number,
  end: number,
): Promise<void> {
  const { document } = editor;
  const wanted = new vscode.Selection(document.positionAt(start), document.positionAt(end));
  const elsewhere = [0, 1, 2]
    .map((offset) => document.positionAt(offset))
    .map((position) => new vscode.Selection(position, position))
    .find((selection) => !selection.isEqual(wanted) && !selection.isEqual(editor.selection))!;
  for (const selection of [elsewhere, wanted]) {
    await new Promise<void>((resolve) => {
      const listener = vscode.window.onDidChangeTextEditorSelection((change) => {
        if (change.textEditor !== editor || !change.selections[0]!.isEqual(selection)) return;
        listener.dispose();
        resolve();
      });
      editor.selection = selection;
    });
  }
}

/** Runs the command and waits until it is done. */
export function inspectSelection(): Thenable<unknown> {
  return vscode.commands.executeCommand('forwardPass.inspectSelection');
}

/** Waits until a condition holds. */
export async function until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`Waited ${limitMs} ms for ${what}, in vain.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type Shower = 'showInformationMessage' | 'showErrorMessage' | 'showWarningMessage';

/** Keeps the messages that are shown while something is done, instead of showing them. */
export async function messagesDuring(work: () => PromiseLike<unknown>): Promise<string[]> {
  const shown: string[] = [];
  const window = vscode.window as unknown as Record<Shower, unknown>;
  const showers: Shower[] = ['showInformationMessage', 'showErrorMessage', 'showWarningMessage'];
  const originals = showers.map((name) => [name, window[name]] as const);
  for (const name of showers) {
    window[name] = (message: string) => {
      shown.push(message);
      return Promise.resolve(undefined);
    };
  }
  try {
    await work();
  } finally {
    for (const [name, original] of originals) window[name] = original;
  }
  return shown;
}
