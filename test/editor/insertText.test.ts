import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inspectSelection, select } from './extension';
import { withLockedDocument } from './lockedFiles';
import { useTinyModel } from './tinyModel';

describe('Inserting a continuation', () => {
  const used = useTinyModel();
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-insert-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;

  /** Opens a new file with this text: what was undone in another must not come back in it. */
  const openFile = async (content: string) => {
    const file = join(folder, `text${++files}.txt`);
    writeFileSync(file, content);
    return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
  };

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
    const editor = await openFile('One line.\nThe quick brown fox jumps.');
    select(editor, 10, 29);
    await inspectSelection();
    await insert(3, ' said:\n"now" 🌙');
    const { document } = editor;
    assert.equal(document.getText(), 'One line.\nThe quick brown fox said:\n"now" 🌙 jumps.');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'One line.\nThe quick brown fox jumps.');
  });

  it('follows the text that was shifted by an edit before it', async () => {
    const editor = await openFile('The quick brown fox');
    select(editor);
    await inspectSelection();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Look! '));
    await insert(1, ' red');
    assert.equal(editor.document.getText(), 'Look! The quick red brown fox');
  });

  it('refuses where the text was changed, or another one was inspected', async () => {
    const editor = await openFile('The quick brown fox');
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

  it('refuses a document that cannot be written', async () => {
    await withLockedDocument('The quick brown fox', async (editor) => {
      select(editor);
      await inspectSelection();
      await refused(insert(3, ' x'), /locked\.txt is read-only/);
      assert.equal(editor.document.getText(), 'The quick brown fox');
    });
  });
});
