import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ChangedHunk, DocumentChanges } from '../../src/protocol/documentChanges';
import {
  closeEditors,
  configure,
  messagesDuring,
  openText,
  select,
  until,
  withoutAutoSave,
} from './extension';
import { makeTinyModel, useTinyModel } from './tinyModel';

const committed = '# Tides\n\nThe moon pulls the sea.\nIt has always done so.\n\nThe end.\n';

describe('Comparing a document with another version of it', () => {
  const used = useTinyModel();
  withoutAutoSave();
  let folder = '';

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'forward-pass-git-')));
    git('init', '-q');
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await used.api.changes.close();
    await closeEditors();
  });

  function git(...args: string[]): void {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    execFileSync('git', [...identity, ...args], { cwd: folder });
  }

  async function open(name: string, text: string) {
    writeFileSync(join(folder, name), text);
    const document = await vscode.workspace.openTextDocument(join(folder, name));
    return vscode.window.showTextDocument(document, { preview: false });
  }

  /** A file that is committed, and open. */
  async function openCommitted(name: string, text = committed) {
    writeFileSync(join(folder, name), text);
    git('add', name);
    git('commit', '-q', '-m', name);
    return open(name, text);
  }

  const compareWith = (what: 'Head' | 'Saved' | 'Clipboard') =>
    vscode.commands.executeCommand(`forwardPass.compareWith${what}`);
  const state = () => used.api.changes.state;
  const notes = () => used.api.changes.notes;
  const hunks = (): ChangedHunk[] => used.api.changes.hunks(state()!.version);
  const answered = (of?: (state: DocumentChanges) => boolean) =>
    until('the comparison', () => state()?.status === 'done' && (of?.(state()!) ?? true));
  const diff = () =>
    vscode.window.tabGroups.activeTabGroup.activeTab?.input as vscode.TabInputTextDiff;
  const replace = (editor: vscode.TextEditor, from: string, to: string) =>
    editor.edit((edit) => {
      const { document } = editor;
      const start = document.getText().indexOf(from);
      const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length)); // prettier-ignore
      edit.replace(range, to);
    });
  /** What is summed by hand of the engine's own answer. */
  async function bitsOf(text: string): Promise<number> {
    const model = { folder: used.model.folder, threads: 0 };
    const params = { model, text, bos: false, topK: 1, stride: 32 };
    const { tokens } = await used.api.engine.request('inspectDocument', params);
    return tokens.reduce((sum, { logprob }) => sum - (logprob ?? 0) / Math.LN2, 0);
  }
  const near = (a: number, b: number, what: string) =>
    assert.ok(Math.abs(a - b) < 1e-3, `${what}: ${a} ≠ ${b}`);

  it('with HEAD: the diff editor, the hunks, and sums that are those of both texts', async () => {
    const editor = await openCommitted('head.md');
    await replace(editor, 'pulls the sea', 'pulls all the water');
    await replace(editor, 'The end.', 'The end of it.');
    await compareWith('Head');
    await answered();
    assert.equal(diff().original.scheme, 'git');
    assert.equal(diff().modified.toString(), editor.document.uri.toString());
    const { figures } = state()!;
    assert.equal(state()!.source, 'head.md');
    assert.deepEqual(hunks().map(({ linesAfter }) => linesAfter), [{ line: 3, count: 1 }, { line: 6, count: 1 }]); // prettier-ignore
    near(figures!.before.bits, await bitsOf(committed), 'before');
    near(figures!.after.bits, await bitsOf(editor.document.getText()), 'after');
    const parts = hunks().reduce((sum, hunk) => sum + hunk.difference + hunk.knockOn, 0);
    near(parts, figures!.after.bits - figures!.before.bits, 'the parts');
    assert.ok(hunks()[0]!.knockOn !== 0, 'what follows is read after other words');
  });

  it('follows edits, and keeps notes off while they are not of the text', async () => {
    const editor = await openCommitted('edits.md');
    await replace(editor, 'moon', 'sun');
    await compareWith('Head');
    await answered();
    assert.equal(notes()?.hunks.length, 1);
    const { version } = state()!;
    await replace(vscode.window.activeTextEditor!, 'The end.', 'Fin.');
    assert.equal(notes(), null);
    assert.equal(state()!.status, 'edited');
    await answered(({ version: now }) => now > version);
    assert.equal(notes()?.hunks.length, 2);
    assert.throws(() => used.api.changes.hunks(version), /not on show any more/);
    // A new commit is the new HEAD.
    await editor.document.save();
    git('commit', '-q', '-a', '-m', 'edited');
    await until('HEAD to be the text', () => state()?.figures?.hunks === 0);
    assert.deepEqual(notes()?.hunks, []);
  });

  it('line endings are those of the editor, whatever the repository has', async () => {
    const editor = await openCommitted('breaks.md');
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await replace(editor, 'moon', 'sun');
    await compareWith('Head');
    await answered();
    assert.equal(hunks().length, 1);
  });

  it('takes other line endings along when the document gets them', async () => {
    const editor = await openCommitted('endings.md');
    await replace(editor, 'moon', 'sun');
    await compareWith('Head');
    await answered();
    const { version } = state()!;
    await vscode.window.activeTextEditor!.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await answered(({ version: now }) => now > version);
    assert.equal(hunks().length, 1);
    near(state()!.figures!.after.bits, await bitsOf(editor.document.getText()), 'after');
    near(state()!.figures!.before.bits, await bitsOf(committed.replaceAll('\n', '\r\n')), 'before');
  });

  it('shows a hunk, and a token, in the editor', async () => {
    const editor = await openCommitted('reveal.md');
    await replace(editor, 'The end', 'An end');
    await compareWith('Head');
    await answered();
    const { version } = state()!;
    const { source } = used.api;
    await source.changes.revealChange({ version, hunk: 0 });
    const { selection, document } = vscode.window.activeTextEditor!;
    assert.equal(document, editor.document);
    assert.equal(selection.active.line, 5);
    const { after } = await source.changes.changedTokens({ version, hunk: 0 });
    const an = after.texts.indexOf('An');
    assert.ok(an > 0, after.texts.join('|'));
    await source.changes.revealChange({ version, token: after.first + an });
    assert.equal(document.getText(vscode.window.activeTextEditor!.selection), 'An');
    // Behind an edit, its place is not known until the text is read again.
    await replace(vscode.window.activeTextEditor!, 'moon', 'satellite');
    await assert.rejects(
      async () => source.changes.revealChange({ version, token: after.first + an }),
      /changed before this token/,
    );
  });

  it('is one at a time: the last that was asked for stays', async () => {
    const editor = await openCommitted('twice.md');
    await replace(editor, 'moon', 'sun');
    await vscode.env.clipboard.writeText('The moon pulls the sea.');
    await Promise.all([1, 2].map(() => used.api.changes.compare('clipboard', editor)));
    await answered();
    const diffs = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff);
    assert.equal(diffs.length, 1);
  });

  it('ends when the diff editor is closed', async () => {
    const editor = await openCommitted('closed.md');
    await replace(editor, 'moon', 'sun');
    await editor.document.save();
    await compareWith('Head');
    await answered();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('the end', () => state() === null);
    assert.equal(notes(), null);
  });

  it('says why there is no HEAD to compare with', async () => {
    const said = (work: () => PromiseLike<unknown>) => messagesDuring(work);
    const untracked = await open('untracked.md', 'new');
    assert.match((await said(() => compareWith('Head')))[0]!, /untracked\.md is not in the last commit/); // prettier-ignore
    assert.ok(untracked);
    await openText('untitled');
    assert.match((await said(() => compareWith('Head')))[0]!, /no file yet/);
    await closeEditors();

    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'forward-pass-nogit-')));
    try {
      writeFileSync(join(outside, 'alone.md'), 'alone');
      await vscode.window.showTextDocument(vscode.Uri.file(join(outside, 'alone.md')));
      assert.match((await said(() => compareWith('Head')))[0]!, /alone\.md is in no Git repository/); // prettier-ignore
      execFileSync('git', ['init', '-q'], { cwd: outside });
      assert.match((await said(() => compareWith('Head')))[0]!, /no commit yet/);
    } finally {
      await closeEditors();
      rmSync(outside, { recursive: true });
    }
    assert.match((await said(() => compareWith('Head')))[0]!, /Open a text to compare/);
    assert.equal(state(), null);
  });

  it('with the saved file, and follows saving', async () => {
    const editor = await open('saved.md', 'One line.\nAnother line.\n');
    await replace(editor, 'Another', 'A second');
    await compareWith('Saved');
    await answered();
    assert.equal(diff().original.scheme, 'forward-pass');
    assert.deepEqual(
      hunks().map(({ words }) => words),
      ['A second line.'],
    );
    await editor.document.save();
    await until('both to be the same', () => state()?.figures?.hunks === 0);
    await openText('untitled');
    assert.match((await messagesDuring(() => compareWith('Saved')))[0]!, /never saved/);
  });

  it('with the clipboard, the whole document', async () => {
    await vscode.env.clipboard.writeText('One line.\nThe other line.\n');
    const editor = await openText('One line.\nAnother line.\n', 'markdown');
    await compareWith('Clipboard');
    await answered();
    assert.equal(diff().modified.toString(), editor.document.uri.toString());
    assert.equal(hunks().length, 1);
    near(state()!.figures!.before.bits, await bitsOf('One line.\nThe other line.\n'), 'before');
  });

  it('with the clipboard, a selection alone, which is followed', async () => {
    await vscode.env.clipboard.writeText('the sea');
    const editor = await openText('The moon pulls the ocean twice a day.', 'markdown');
    select(editor, 15, 24);
    await compareWith('Clipboard');
    await answered();
    near(state()!.figures!.after.bits, await bitsOf('the ocean'), 'after');
    near(state()!.figures!.before.bits, await bitsOf('the sea'), 'before');
    assert.match(state()!.source, /:1$/);
    const { version } = state()!;
    const change = new vscode.WorkspaceEdit();
    const at = editor.document.positionAt(19);
    change.insert(editor.document.uri, at, 'wide ');
    await vscode.workspace.applyEdit(change);
    await answered(({ version: now }) => now > version);
    near(state()!.figures!.after.bits, await bitsOf('the wide ocean'), 'after the edit');
    await vscode.env.clipboard.writeText('');
    const said = await messagesDuring(async () => {
      await vscode.window.showTextDocument(editor.document);
      await compareWith('Clipboard');
    });
    assert.match(said[0]!, /no text in the clipboard/);
  });

  it('one of the texts may be empty', async () => {
    await vscode.env.clipboard.writeText('Some text.');
    await openText('');
    await compareWith('Clipboard');
    await answered();
    const { figures } = state()!;
    assert.equal(figures!.after.tokens, 0);
    assert.equal(figures!.after.bits, 0);
    near(figures!.difference, -figures!.before.bits, 'all is gone');
  });

  it('another model: both are read anew, and nothing of the old one is shown', async () => {
    const editor = await openCommitted('model.md');
    await replace(editor, 'moon', 'sun');
    await compareWith('Head');
    await answered();
    const { version, figures } = state()!;
    const other = makeTinyModel({ nEmbd: 8, nLayer: 1 });
    try {
      await configure('model', other.folder);
      await until('nothing to be shown', () => state()?.figures === null || state()!.version > version); // prettier-ignore
      await answered(({ version: now }) => now > version);
      assert.equal(state()!.figures!.model.folder, realpathSync(other.folder));
      assert.ok(Math.abs(state()!.figures!.before.bits - figures!.before.bits) > 1e-3);
      await configure('model', join(folder, 'none'));
      await until('the sentence', () => state()?.status === 'failed');
      assert.match(state()!.error!, /none/);
    } finally {
      await configure('model', used.model.folder);
      other.remove();
    }
    await answered();
  });

  it('can be stopped, and goes on', async () => {
    const editor = await openCommitted('long.md', `${'The moon pulls the sea. '.repeat(1500)}\n`);
    await replace(editor, 'moon', 'sun');
    const work = compareWith('Head');
    await until('some progress', () => (state()?.fraction ?? 0) > 0.05);
    used.api.changes.stop();
    assert.equal(state()!.status, 'stopped');
    await work;
    used.api.changes.goOn();
    await answered();
    assert.equal(hunks().length, 1);
  });
});
