import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inspectSelection, openText, select } from './extension';
import { useTinyModel } from './tinyModel';

describe('Inserting a continuation', () => {
  const used = useTinyModel();

  /** Puts a text behind a token of the inspection on show. */
  const insert = (position: number, text: string, serial?: number) => {
    const { inspection } = used.api.session.state;
    return used.api.source.documents.insertText({
      serial: serial ?? inspection!.serial,
      position,
      text,
    });
  };
  const refused = (work: Promise<void>, sentence: RegExp) =>
    assert.rejects(work, { name: 'UserError', message: sentence });

  it('puts the text behind the token, and one undo takes it back', async () => {
    const editor = await openText('One line.\nThe quick brown fox jumps.');
    select(editor, 10, 29);
    await inspectSelection();
    await insert(3, ' said:\n"now" 🌙');
    const { document } = editor;
    assert.equal(document.getText(), 'One line.\nThe quick brown fox said:\n"now" 🌙 jumps.');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'One line.\nThe quick brown fox jumps.');
  });

  it('follows the text that was shifted by an edit before it', async () => {
    const editor = await openText('The quick brown fox');
    select(editor);
    await inspectSelection();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Look! '));
    await insert(1, ' red');
    assert.equal(editor.document.getText(), 'Look! The quick red brown fox');
  });

  it('refuses where the text was changed, or another one was inspected', async () => {
    const editor = await openText('The quick brown fox');
    select(editor);
    await inspectSelection();
    const { serial } = used.api.session.state.inspection!;
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 4, 0, 9), 'slow'));
    await refused(insert(3, ' x'), /changed since it was inspected/);
    assert.equal(editor.document.getText(), 'The slow brown fox');
    select(editor);
    await inspectSelection();
    await refused(insert(3, ' x', serial), /Another text was inspected/);
    await refused(insert(99, ' x'), /Another text was inspected/);
  });

  it('refuses a document that cannot be written', async function () {
    // Permissions do not hold for the super-user, but VS Code goes by the file's mode.
    const folder = mkdtempSync(join(tmpdir(), 'forward-pass-readonly-'));
    const file = join(folder, 'locked.txt');
    writeFileSync(file, 'The quick brown fox');
    chmodSync(file, 0o444);
    try {
      const stat = await vscode.workspace.fs.stat(vscode.Uri.file(file));
      if (!stat.permissions) this.skip();
      const document = await vscode.workspace.openTextDocument(file);
      select(await vscode.window.showTextDocument(document));
      await inspectSelection();
      await refused(insert(3, ' x'), /locked\.txt is read-only/);
      assert.equal(document.getText(), 'The quick brown fox');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
