import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  closeEditors,
  configure,
  inspectSelection,
  messagesDuring,
  openText,
  select,
  until,
} from './extension';
import { useTinyModel } from './tinyModel';

describe('Inspect Selection', () => {
  const used = useTinyModel();

  const result = () => {
    const { inspection, error } = used.api.session.state;
    assert.equal(error, null);
    assert.ok(inspection, 'nothing was inspected');
    return inspection.result;
  };
  const bytes = () => Buffer.from(result().tokens.flatMap((token) => token.bytes)).toString();

  it('inspects the selected text', async () => {
    const editor = await openText('One line.\nThe quick brown fox\njumps over the dog.');
    select(editor, 10, 35);
    await inspectSelection();
    assert.equal(bytes(), 'The quick brown fox\njumps');
    const { inspection, position } = used.api.session.state;
    assert.match(inspection!.source, /:2–3$/);
    assert.equal(inspection!.revealable, true);
    assert.equal(position, result().tokens.length - 1);
  });

  it('opens the panel and leaves the focus in the editor', async () => {
    const editor = await openText('The quick brown fox');
    select(editor);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.window.showTextDocument(editor.document);
    await until('the panel to be hidden', () => !used.api.view.visible);
    await inspectSelection();
    await until('the panel', () => used.api.view.visible);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
  });

  it('takes the line up to the cursor where nothing is selected', async () => {
    const editor = await openText('First line.\nThe quick brown fox jumps');
    select(editor, 31, 31);
    await inspectSelection();
    assert.equal(bytes(), 'The quick brown fox');
  });

  it('takes the primary one of several selections', async () => {
    const editor = await openText('The quick brown fox');
    editor.selections = [new vscode.Selection(0, 4, 0, 9), new vscode.Selection(0, 16, 0, 19)];
    await inspectSelection();
    assert.equal(bytes(), 'quick');
  });

  it('takes the document up to the selection where the setting says so', async () => {
    await configure('context', 'document');
    try {
      const editor = await openText('First line.\nThe quick brown fox jumps');
      select(editor, 16, 21);
      await inspectSelection();
      assert.equal(bytes(), 'First line.\nThe quick');
    } finally {
      await configure('context', undefined);
    }
  });

  it('keeps the tail of a text beyond the context, and says how much was left out', async () => {
    const editor = await openText('word '.repeat(1000));
    select(editor);
    await inspectSelection();
    const { tokens, truncated } = result();
    assert.equal(tokens.length, 64);
    assert.ok(truncated && truncated.tokens > 900);
    assert.equal(tokens.at(-1)?.end, 5000);
    assert.equal(tokens[0]?.start, truncated.characters);
  });

  it('maps every token to its place, with CRLF, emoji and text from right to left', async () => {
    const text = 'one\ntwo 🌕\n🧑‍🚀 end\nلغة\n月\tx';
    const editor = await openText(text);
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    const { document } = editor;
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    select(editor, 5, document.getText().length);
    await inspectSelection();
    const anchor = used.api.session.subject!.anchor;
    let reached = 0;
    for (const token of result().tokens) {
      assert.ok(token.start <= reached, 'no character is skipped');
      reached = token.end;
      const span = anchor.locate(token)!;
      const covered = document.getText().slice(span.start, span.end);
      // A token of a part of a character covers all of it.
      assert.ok(Buffer.from(covered).includes(Buffer.from(token.bytes)), token.text);
      // The editor knows no place between CR and LF.
      if (/^\n|\r$/.test(covered)) continue;
      const range = new vscode.Range(
        document.positionAt(span.start),
        document.positionAt(span.end),
      );
      assert.equal(document.getText(range), covered);
    }
    assert.equal(reached, document.getText().length - 5);
  });

  it('follows its text through edits, and knows when it was changed and changed back', async () => {
    const editor = await openText('The quick brown fox');
    select(editor, 4, 15);
    await inspectSelection();
    const revealable = () => used.api.session.state.inspection?.revealable;
    const found = () => {
      const span = used.api.session.subject!.anchor.locate({ start: 0, end: 11 });
      return span && editor.document.getText().slice(span.start, span.end);
    };
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'See:\n'));
    assert.equal(found(), 'quick brown');
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 6), 'X'));
    assert.equal(revealable(), false);
    await vscode.commands.executeCommand('undo');
    assert.equal(revealable(), true);
    assert.equal(found(), 'quick brown');
    await closeEditors();
  });

  it('reveals a selected token without taking the focus from where it is', async () => {
    const editor = await openText(`${'line\n'.repeat(300)}The quick brown fox`);
    select(editor, 1500, 1519);
    await inspectSelection();
    editor.revealRange(new vscode.Range(0, 0, 0, 0));
    used.api.session.select(1);
    await used.api.reveal();
    await until('the token to be in view', () =>
      editor.visibleRanges.some((range) => range.contains(new vscode.Position(300, 4))),
    );
    assert.deepEqual(editor.selection.start, new vscode.Position(300, 0));
  });

  it('means the last text editor while the panel has the focus', async () => {
    const editor = await openText('The quick brown fox');
    select(editor, 4, 9);
    await vscode.commands.executeCommand('forwardPass.openInTab');
    await until('the tab', () => used.api.tab.visible);
    // A webview can take the focus only when its page is there.
    for (let tries = 0; vscode.window.activeTextEditor && tries < 20; tries++) {
      await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
      await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.equal(vscode.window.activeTextEditor, undefined);
    await inspectSelection();
    assert.equal(bytes(), 'quick');
  });

  it('brings back a text whose editor was closed, beside the panel', async () => {
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'moon.py');
    const editor = await vscode.window.showTextDocument(uri);
    select(editor, 0, 40);
    await inspectSelection();
    await closeEditors();
    await vscode.commands.executeCommand('forwardPass.openInTab');
    await until('the tab', () => used.api.tab.visible);
    used.api.session.select(2);
    await used.api.reveal(vscode.window.tabGroups.activeTabGroup.viewColumn);
    const shown = vscode.window.visibleTextEditors.map(({ document }) => document.uri.path);
    assert.deepEqual(shown, [uri.path]);
    assert.ok(used.api.tab.visible, 'the panel can still be seen');
  });

  it('inspects a cell of a notebook', async () => {
    const { NotebookCellData, NotebookCellKind, NotebookData } = vscode;
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new NotebookData([
        new NotebookCellData(NotebookCellKind.Code, 'moon = 1', 'python'),
        new NotebookCellData(NotebookCellKind.Code, 'print(moon)\nsun = 2', 'python'),
      ]),
    );
    await vscode.window.showNotebookDocument(notebook, {
      selections: [new vscode.NotebookRange(1, 2)],
    });
    await vscode.commands.executeCommand('notebook.cell.edit');
    const cell = notebook.cellAt(1).document;
    await until('the cell', () => vscode.window.activeTextEditor?.document === cell);
    select(vscode.window.activeTextEditor!, 6, 10);
    await inspectSelection();
    assert.equal(bytes(), 'moon');
    assert.equal(used.api.session.subject?.anchor.uri, cell.uri.toString());
  });

  it('says what to do where there is nothing to inspect, and keeps the last result', async () => {
    const editor = await openText('some text');
    select(editor);
    await inspectSelection();
    const { serial } = used.api.session.state.inspection!;

    await openText('');
    assert.match((await messagesDuring(inspectSelection))[0]!, /document is empty/);
    const lines = await openText('one\n\ntwo');
    select(lines, 4, 4);
    assert.match((await messagesDuring(inspectSelection))[0]!, /Nothing stands before the cursor/);
    await closeEditors();
    assert.match((await messagesDuring(inspectSelection))[0]!, /^Open a text/);
    assert.equal(used.api.session.state.inspection?.serial, serial);
  });

  for (const [name, text] of [
    ['only whitespace', ' \n\t  \n'],
    ['binary', '\u0000\u0001\ufffd\u0000PNG\u001a\u007f'],
    ['half of a surrogate pair', 'a\ud83db'],
  ] as const) {
    it(`inspects a text that is ${name}`, async () => {
      const editor = await openText(text);
      select(editor);
      assert.deepEqual(await messagesDuring(inspectSelection), []);
      assert.ok(result().tokens.length > 0);
      assert.equal(result().tokens.at(-1)?.end, editor.document.getText().length);
    });
  }

  it('takes a selection of 10 MB', async function () {
    this.timeout(60_000);
    const editor = await openText('All work and no play makes Jack a dull boy.\n'.repeat(240_000));
    select(editor);
    await inspectSelection();
    assert.equal(result().tokens.length, 64);
    assert.ok(result().truncated!.tokens > 2_000_000);
  });
});
