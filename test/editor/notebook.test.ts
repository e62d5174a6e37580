import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { contextOf } from '../../src/editor/notebookContext';
import {
  closeEditors,
  configure,
  inspectSelection,
  messagesDuring,
  select,
  until,
} from './extension';
import { useTinyModel } from './tinyModel';

describe('In a notebook', () => {
  const used = useTinyModel();
  const CELLS = ['# Tides 🌕', 'moon = 1\nsun = 2', 'print(moon)\nprint(sun)'];
  let notebook: vscode.NotebookDocument;

  beforeEach(async () => {
    const { NotebookCellData, NotebookCellKind, NotebookData } = vscode;
    notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new NotebookData([
        new NotebookCellData(NotebookCellKind.Markup, CELLS[0]!, 'markdown'),
        new NotebookCellData(NotebookCellKind.Code, CELLS[1]!, 'python'),
        new NotebookCellData(NotebookCellKind.Code, CELLS[2]!, 'python'),
      ]),
    );
  });
  afterEach(async () => {
    await configure('context', undefined);
    await configure('notebookContext', undefined);
  });

  const above = async () => {
    await configure('context', 'document');
    await configure('notebookContext', 'above');
  };
  const cell = (index: number) => notebook.cellAt(index).document;

  /** Puts the cursor into a cell, as a person does who edits it. */
  async function edit(index: number): Promise<vscode.TextEditor> {
    await vscode.window.showNotebookDocument(notebook, {
      selections: [new vscode.NotebookRange(index, index + 1)],
    });
    await vscode.commands.executeCommand('notebook.cell.edit');
    await until('the cell', () => vscode.window.activeTextEditor?.document === cell(index));
    return vscode.window.activeTextEditor!;
  }

  const shown = () => used.api.session.state.inspection!;
  const textOf = () => used.api.session.subject!.text;
  const bytes = () => Buffer.from(shown().result.tokens.flatMap((token) => token.bytes)).toString();
  /** Makes the first token that covers a place in the text the current one, and reveals it. */
  async function reveal(offset: number) {
    const { tokens } = shown().result;
    const position = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
    used.api.session.select(position);
    await used.api.reveal();
    return tokens[position]!;
  }

  it('the cell alone is the document, unless the setting says otherwise', async () => {
    await configure('context', 'document');
    select(await edit(2), 6, 10);
    await inspectSelection();
    assert.equal(bytes(), 'print(moon');
    assert.match(shown().source, /, cell 3:1$/);
  });

  it('the cells above are read too where the settings say so', async () => {
    await above();
    select(await edit(2), 6, 10);
    await inspectSelection();
    assert.equal(bytes(), '# Tides 🌕\nmoon = 1\nsun = 2\nprint(moon');
    assert.match(shown().source, /, cells 1–3$/);
    assert.equal(shown().revealable, true);

    await configure('context', 'selection');
    await inspectSelection();
    assert.equal(bytes(), 'moon', 'a selection is read alone');
    assert.match(shown().source, /, cell 3:1$/);
  });

  it('every token has its place in the cell that it stands in', async () => {
    await above();
    select(await edit(2), 0, CELLS[2]!.length);
    await inspectSelection();
    const { subject } = used.api.session;
    const anchors = [subject!.anchor, ...subject!.above!];
    for (const token of shown().result.tokens) {
      const found = anchors.flatMap((anchor) => {
        const span = anchor.locate(token);
        return span ? [{ uri: anchor.uri, span }] : [];
      });
      const breaks = textOf().slice(token.start, token.end) === '\n';
      if (found.length === 0) assert.ok(breaks, token.text);
      for (const { uri, span } of found) {
        const document = notebook.getCells().find((c) => c.document.uri.toString() === uri)!.document; // prettier-ignore
        const there = document.getText().slice(span.start, span.end);
        assert.equal(there, textOf().slice(token.start, token.end));
      }
    }
  });

  it('a token is revealed in its own cell', async () => {
    await above();
    select(await edit(2), 0, 5);
    await inspectSelection();
    const sun = textOf().indexOf('sun');
    await reveal(sun);
    await until('the cell above to be in sight', () =>
      vscode.window.visibleTextEditors.some(({ document }) => document === cell(1)),
    );
    // What is between cells, and a cell without an editor, has no place to show: nothing happens.
    assert.deepEqual(await messagesDuring(() => reveal(sun - 1 + 'sun = 2'.length + 1)), []);
    assert.deepEqual(await messagesDuring(() => reveal(2)), []);
  });

  it('an edit makes the tokens of its cell unrevealable, and no others', async () => {
    await above();
    select(await edit(2), 0, 5);
    await inspectSelection();
    const { subject } = used.api.session;
    const isThere = (text: string) => {
      const start = textOf().indexOf(text);
      const range = { start, end: start + text.length };
      return [subject!.anchor, ...subject!.above!].some((anchor) => anchor.locate(range));
    };
    assert.ok(isThere('moon') && isThere('print'));
    const change = new vscode.WorkspaceEdit();
    change.insert(cell(1).uri, new vscode.Position(0, 2), 'x');
    await vscode.workspace.applyEdit(change);
    assert.equal(isThere('moon'), false);
    assert.ok(isThere('print') && isThere('Tides'));
    assert.equal(shown().revealable, true);
  });

  it('a generated text goes behind its token, in the cell above too', async () => {
    await above();
    select(await edit(2), 0, 5);
    await inspectSelection();
    const insert = async (offset: number) => {
      const { tokens } = shown().result;
      const position = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
      const { serial } = shown();
      await used.api.source.documents.insertText({ serial, position, text: '0' });
    };
    const end = textOf().indexOf('sun = 2') + 'sun = 2'.length;
    await assert.rejects(insert(end), /line break between two cells/);
    await insert(end - 1);
    assert.equal(cell(1).getText(), 'moon = 1\nsun = 20');
    assert.equal(cell(2).getText(), CELLS[2]);
  });

  it('the hover works in a cell, and reads the same text', async () => {
    const editor = await edit(2);
    select(editor, 6, 10);
    const asked: string[] = [];
    const { engine } = used.api;
    const original = engine.request.bind(engine);
    engine.request = (method, params, options) => {
      if (method === 'inspect') asked.push((params as { text: string }).text);
      return original(method, params, options);
    };
    const hover = async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        cell(2).uri,
        new vscode.Position(0, 7),
      );
      const parts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
      return parts.map(({ value }) => value).find((value) => value.includes('After the selection'));
    };
    try {
      assert.match((await hover())!, /This token.*moon/);
      await above();
      assert.match((await hover())!, /This token.*moon.*rank/);
      const change = new vscode.WorkspaceEdit();
      change.insert(cell(1).uri, new vscode.Position(0, 0), 'new ');
      await vscode.workspace.applyEdit(change);
      assert.ok(await hover());
    } finally {
      engine.request = original;
    }
    const read = '# Tides 🌕\nmoon = 1\nsun = 2\nprint(moon';
    assert.deepEqual(asked, ['moon', read, read.replace('moon = 1', 'new moon = 1')]);
  });

  it('Compare Selection takes the cell, with the cells above where the settings say so', async () => {
    select(await edit(1), 0, 8);
    await inspectSelection();
    select(await edit(2), 0, 11);
    const compare = () => vscode.commands.executeCommand('forwardPass.compareSelection');
    await compare();
    assert.equal(used.api.session.state.compareWish?.text, 'print(moon)');
    await above();
    await compare();
    const { text, source } = used.api.session.state.compareWish;
    assert.equal(text, '# Tides 🌕\nmoon = 1\nsun = 2\nprint(moon)');
    assert.match(source, /cells 1–3/);
  });

  it('a Markdown cell that is edited is text like any other', async () => {
    select(await edit(0), 2, 7);
    await inspectSelection();
    assert.equal(bytes(), 'Tides');
    await reveal(1);
  });

  it('what stands before a document is asked for by document', async () => {
    assert.equal(contextOf(cell(1), 'cell').before, '');
    assert.equal(contextOf(cell(1), 'above').before, '# Tides 🌕\n');
    assert.equal(contextOf(cell(2), 'above').before, '# Tides 🌕\nmoon = 1\nsun = 2\n');
    const plain = await vscode.workspace.openTextDocument({ content: 'plain' });
    assert.equal(contextOf(plain, 'above').before, '');
  });

  it('a cell that was deleted cannot be revealed any more; the others can', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forward-pass-notebook-'));
    const file = join(folder, 'walk.ipynb');
    const cells = CELLS.map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [] }));
    writeFileSync(file, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 2 }));
    try {
      notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
      await above();
      select(await edit(2), 0, 5);
      await inspectSelection();
      assert.equal(shown().source, 'walk.ipynb, cells 1–3');
      const change = new vscode.WorkspaceEdit();
      change.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2))]);
      await vscode.workspace.applyEdit(change);
      await assert.rejects(reveal(textOf().indexOf('sun')), /cannot be opened any more/);
      await reveal(textOf().indexOf('print'));
      // A notebook whose tab was closed comes back as one.
      await closeEditors();
      await reveal(textOf().indexOf('print'));
      const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
        tabs.map(({ input }) => input),
      );
      assert.ok(inputs.some((input) => input instanceof vscode.TabInputNotebook));
      await closeEditors();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
