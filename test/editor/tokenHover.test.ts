import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PlaceInDocument, TokenReplacement } from '../../src/editor/reading/tokenLinks';
import { inspectByCommandLine } from './commandLine';
import { messagesDuring, openText, select, until } from './extension';
import { withLockedDocument } from './lockedFiles';
import { useTinyModel } from './tinyModel';

const prose = 'The quick brown fox 🦊 jumps over 月亮, 👩‍👩‍👧 and\tGrüße.\n\nUnbelievable:   it = 1;\n';
const long = prose.repeat(8);

describe('The hover on a highlighted token', () => {
  const used = useTinyModel();
  /** The tokens as the command line lists them. */
  const listed = async (text: string) =>
    (await inspectByCommandLine(text, { model: used.model.folder, stride: 32 })).tokens;
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-token-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;

  /** Opens a new file of these bytes: what was undone in another must not come back in it. */
  async function openFile(content: string) {
    const file = join(folder, `text${++files}.txt`);
    writeFileSync(file, content);
    return {
      file,
      editor: await vscode.window.showTextDocument(vscode.Uri.file(file)),
    };
  }

  async function read(document: vscode.TextDocument) {
    await until('the text to be read', () => used.api.readings.of(document)!.reading.complete);
    return used.api.readings.of(document)!.reading.text!;
  }

  async function highlight(editor: vscode.TextEditor): Promise<void> {
    select(editor, 0, 0);
    await vscode.commands.executeCommand('forwardPass.toggleHighlights');
    await read(editor.document);
  }

  /** What the token hover says at an offset; undefined where it is silent. */
  async function hoverAt(document: vscode.TextDocument, offset: number) {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      document.positionAt(offset),
    );
    const parts = hovers.flatMap(({ contents, range }) =>
      (contents as vscode.MarkdownString[]).map((part) => ({ part, range })),
    );
    return parts.find(({ part }) => /^\*\*(This token|\d+ tokens)\*\*/.test(part.value));
  }

  /** The arguments of a hover's links to a command. */
  async function linksAt<T>(document: vscode.TextDocument, offset: number, command: string) {
    const hover = await hoverAt(document, offset);
    assert.ok(hover, `no hover at ${offset}`);
    const address = new RegExp(`\\(command:forwardPass\\.${command}\\?([^ )]+)`, 'g');
    return [...hover.part.value.matchAll(address)].map(
      ([, json]) => (JSON.parse(decodeURIComponent(json!)) as [T])[0],
    );
  }
  const replacements = (document: vscode.TextDocument, offset: number) =>
    linksAt<TokenReplacement>(document, offset, 'replaceToken');
  const replace = (replacement: TokenReplacement) =>
    vscode.commands.executeCommand('forwardPass.replaceToken', replacement);
  const undo = () => vscode.commands.executeCommand('undo');

  for (const [name, text] of [
    ['LF', long],
    ['CRLF', long.replaceAll('\n', '\r\n')],
  ] as const) {
    it(`says what the command line says, of every token of a text with ${name}`, async () => {
      const { editor } = await openFile(text);
      await highlight(editor);
      const { document } = editor;
      assert.equal(document.getText(), text);
      const tokens = await listed(text);
      assert.ok(tokens.length > 128, 'several windows');
      for (const { start, end, id, logprob, rank } of tokens) {
        const hover = await hoverAt(document, start);
        assert.ok(hover, `no hover at ${start}`);
        const figures =
          logprob === null
            ? `id ${id} · the first`
            : `rank ${rank!.toLocaleString('en-US')} · ${(-logprob / Math.LN2).toFixed(1)} bits · id ${id}`;
        assert.ok(
          hover.part.value.includes(figures),
          `${figures} at ${start}: ${hover.part.value}`,
        );
        assert.ok(document.offsetAt(hover.range!.start) <= start);
        assert.ok(document.offsetAt(hover.range!.end) >= end);
      }
    });

    it(`replaces a token of a text with ${name}, and one undo restores every byte`, async () => {
      const { editor, file } = await openFile(text);
      await highlight(editor);
      const { document } = editor;
      let replaced = 0;
      for (const word of [' fox', ' jumps', '月', ',', '\t', ' it', ' =']) {
        const start = text.indexOf(word, text.length / 2);
        for (const link of (await replacements(document, start)).slice(0, 2)) {
          assert.equal(text.slice(link.start, link.end), link.text);
          await replace(link);
          const by = link.by.replace(/\r\n|\r|\n/g, name === 'LF' ? '\n' : '\r\n');
          assert.equal(document.getText(), text.slice(0, link.start) + by + text.slice(link.end));
          const behind = document.positionAt(link.start + by.length);
          assert.deepEqual(editor.selection, new vscode.Selection(behind, behind));
          if (replaced === 0) {
            await document.save();
            assert.deepEqual(readFileSync(file), Buffer.from(document.getText()));
          }
          await undo();
          assert.equal(document.getText(), text);
          if (replaced === 0) {
            await document.save();
            assert.deepEqual(readFileSync(file), Buffer.from(text));
          }
          replaced++;
          await read(document);
        }
      }
      assert.ok(replaced >= 10, `only ${replaced} replacements`);
      await document.save();
      assert.deepEqual(readFileSync(file), Buffer.from(text));
    });

    it(`writes line breaks as a document with ${name} has them`, async () => {
      const { editor, file } = await openFile(text);
      const { document } = editor;
      const start = text.indexOf(' fox');
      const place = { uri: document.uri.toString(), start, end: start + 4, text: ' fox' };
      const eol = name === 'LF' ? '\n' : '\r\n';
      for (const by of ['\n', '\r', '\r\n', '\n\n', 'a\r\n b']) {
        await replace({ ...place, by });
        const written = by.replace(/\r\n|\r|\n/g, eol);
        assert.equal(document.getText(), text.replace(' fox', written));
        const behind = document.positionAt(start + written.length);
        assert.deepEqual(editor.selection.active, behind);
        await undo();
        assert.equal(document.getText(), text);
      }
      await document.save();
      assert.deepEqual(readFileSync(file), Buffer.from(text));
    });
  }

  it('is read anew after a token was replaced', async () => {
    const { editor } = await openFile(long);
    await highlight(editor);
    const { document } = editor;
    const [link] = await replacements(document, long.indexOf(' fox'));
    await replace(link!);
    await until('the edit to be seen', () => !used.api.readings.of(document)!.reading.complete);
    const { ids, ranks } = await read(document);
    const tokens = await listed(document.getText());
    assert.deepEqual(
      [...ids],
      tokens.map(({ id }) => id),
    );
    assert.deepEqual(
      [...ranks],
      tokens.map(({ rank }) => rank ?? 0),
    );
  });

  it('replaces in a step of its own, whatever was typed before and after', async () => {
    const { editor } = await openFile('The quick brown fox jumps');
    const { document } = editor;
    const type = (text: string) => vscode.commands.executeCommand('type', { text });
    select(editor, 25, 25);
    for (const letter of ' up') await type(letter);
    await replace({ uri: document.uri.toString(), start: 15, end: 19, text: ' fox', by: ' cat' });
    for (const letter of 'ch!') await type(letter);
    assert.equal(document.getText(), 'The quick brown catch! jumps up');
    await undo();
    assert.equal(document.getText(), 'The quick brown cat jumps up');
    await undo();
    assert.equal(document.getText(), 'The quick brown fox jumps up');
    await vscode.commands.executeCommand('redo');
    assert.equal(document.getText(), 'The quick brown cat jumps up');
  });

  it('names each of the tokens that share a character, and lets none of them be replaced', async () => {
    const text = 'A 🦊 and 龘!';
    const editor = await openText(text);
    await highlight(editor);
    const { document } = editor;
    const fox = (await hoverAt(document, 2))!;
    assert.match(fox.part.value, /^\*\*\d tokens\*\* make up this character/);
    const ids = [...fox.part.value.matchAll(/ id (\d+)/g)].map(([, id]) => Number(id));
    const tokens = (await listed(text)).filter(({ start, end }) => start < 4 && end > 2);
    assert.deepEqual(
      ids,
      tokens.map(({ id }) => id),
    );
    assert.deepEqual(await replacements(document, 2), []);
    assert.ok((await replacements(document, 4)).length > 0);
  });

  it('hands over a link only for what is whole characters and not special', async () => {
    const editor = await openText(long);
    await highlight(editor);
    const { document } = editor;
    for (const { start, end, text } of await listed(long)) {
      const links = await replacements(document, start);
      const { value } = (await hoverAt(document, start))!.part;
      for (const link of links) {
        assert.equal(document.getText().slice(link.start, link.end), link.text);
        assert.deepEqual([link.start, link.end, link.text], [start, end, text]);
        assert.ok(!link.by.includes('\ufffd') && link.by !== '');
      }
      const rows = value
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .slice(2);
      const withoutLink = rows.filter((row) => !row.includes('(command:'));
      if (/ id \d+ · part of a character ·/.test(value)) {
        assert.equal(links.length, 0);
        continue;
      }
      assert.equal(links.length + withoutLink.length, rows.length);
      for (const row of withoutLink) assert.match(row, /part of a character|special|\*\*<code>/);
    }
  });

  describe('writes nothing', () => {
    const fox = (document: vscode.TextDocument) => {
      const start = document.getText().indexOf(' fox');
      return { uri: document.uri.toString(), start, end: start + 4, text: ' fox', by: ' cat' };
    };

    it('where the text was changed meanwhile', async () => {
      const { editor } = await openFile('The quick brown fox jumps');
      const { document } = editor;
      const link = fox(document);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x'));
      const said = await messagesDuring(() => replace(link));
      assert.match(said.join(), /^The text was changed here meanwhile/);
      assert.equal(document.getText(), 'xThe quick brown fox jumps');
      const beyond = await messagesDuring(() => replace({ ...link, start: 999, end: 1003 }));
      assert.match(beyond.join(), /^The text was changed here meanwhile/);
    });

    it('where the document cannot be written', async () => {
      await withLockedDocument('The quick brown fox jumps', async (editor) => {
        await highlight(editor);
        const [link] = await replacements(editor.document, 15);
        const said = await messagesDuring(() => replace(link!));
        assert.match(said.join(), /locked\.txt is read-only, so the token stays as it is\.$/);
        assert.equal(editor.document.getText(), 'The quick brown fox jumps');
        assert.equal(editor.document.isDirty, false);
      });
    });

    it('where the editor was made read-only', async () => {
      const { editor } = await openFile('The quick brown fox jumps');
      await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession'); // prettier-ignore
      await new Promise((resolve) => setTimeout(resolve, 500));
      const said = await messagesDuring(() => replace(fox(editor.document)));
      assert.equal(editor.document.getText(), 'The quick brown fox jumps');
      assert.match(said.join(), /is read-only/);
      assert.equal(editor.document.getText(), 'The quick brown fox jumps');
    });

    it('where the document was closed', async () => {
      const said = await messagesDuring(() =>
        replace({ uri: 'untitled:Gone', start: 0, end: 0, text: '', by: 'x' }),
      );
      assert.match(said.join(), /^The document was closed/);
      assert.ok(vscode.workspace.textDocuments.every(({ uri }) => uri.path !== 'Gone'));
    });
  });

  it('replaces in a document that another editor shows too, and that is not the active one', async () => {
    const { editor } = await openFile('The quick brown fox jumps');
    const { document } = editor;
    await highlight(editor);
    const second = await vscode.window.showTextDocument(document, vscode.ViewColumn.Two);
    select(second, 0, 0);
    await openText('something else');
    assert.notEqual(vscode.window.activeTextEditor?.document, document);
    const [link] = await replacements(document, 15);
    await replace(link!);
    assert.equal(document.getText(), `The quick brown${link!.by} jumps`);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await undo();
    assert.equal(document.getText(), 'The quick brown fox jumps');
  });

  it('replaces in a document that no editor shows', async () => {
    const { editor, file } = await openFile('The quick brown fox jumps');
    const { document } = editor;
    const uri = document.uri.toString();
    await openText('something else');
    assert.ok(!vscode.window.visibleTextEditors.some((shown) => shown.document === document));
    await replace({ uri, start: 15, end: 19, text: ' fox', by: ' cat' });
    assert.equal(document.getText(), 'The quick brown cat jumps');
    await vscode.window.showTextDocument(document);
    await undo();
    assert.equal(document.getText(), 'The quick brown fox jumps');
    assert.equal(readFileSync(file, 'utf8'), 'The quick brown fox jumps');
  });

  it('replaces in a cell of a notebook', async () => {
    const { NotebookCellData, NotebookCellKind, NotebookData, NotebookRange } = vscode;
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new NotebookData([new NotebookCellData(NotebookCellKind.Code, 'moon = sun + 1', 'python')]),
    );
    await vscode.window.showNotebookDocument(notebook, { selections: [new NotebookRange(0, 1)] });
    await vscode.commands.executeCommand('notebook.cell.edit');
    const cell = notebook.cellAt(0).document;
    await until('the cell', () => vscode.window.activeTextEditor?.document === cell);
    await highlight(vscode.window.activeTextEditor!);
    const [link] = await replacements(cell, 6);
    assert.equal(link!.text, ' sun');
    await replace(link!);
    assert.equal(cell.getText(), `moon =${link!.by} + 1`);
    await undo();
    // A notebook says that it undid something before it did.
    await until('the cell as it was', () => cell.getText() === 'moon = sun + 1');
  });

  describe('is silent', () => {
    it('where nothing is highlighted, and once highlights are off', async () => {
      const editor = await openText('The quick brown fox');
      assert.equal(await hoverAt(editor.document, 5), undefined);
      await highlight(editor);
      assert.ok(await hoverAt(editor.document, 5));
      await vscode.commands.executeCommand('forwardPass.toggleHighlights');
      assert.equal(await hoverAt(editor.document, 5), undefined);
    });

    it('inside a selection, where the prediction is shown', async () => {
      const editor = await openText('The quick brown fox');
      await highlight(editor);
      select(editor, 4, 15);
      assert.equal(await hoverAt(editor.document, 6), undefined);
      assert.ok(await hoverAt(editor.document, 16));
    });

    it('where an edit may have changed the tokens, until they are read again', async () => {
      const editor = await openText('The quick brown fox jumps over the dog');
      const { document } = editor;
      await highlight(editor);
      await editor.edit((edit) => edit.insert(document.positionAt(9), 'est'));
      assert.ok(await hoverAt(document, 0));
      assert.equal(await hoverAt(document, 6), undefined);
      assert.equal(await hoverAt(document, 25), undefined);
      await read(document);
      assert.ok(await hoverAt(document, 6));
    });

    it('behind the last character, and in an empty document', async () => {
      const editor = await openText('The');
      await highlight(editor);
      assert.equal(await hoverAt(editor.document, 3), undefined);
      const empty = await openText('');
      await highlight(empty);
      assert.equal(await hoverAt(empty.document, 0), undefined);
    });
  });

  it('asks the engine once for what ids stand for', async () => {
    const editor = await openText('once more, The quick brown fox');
    await highlight(editor);
    const { engine } = used.api;
    const original = engine.request.bind(engine);
    const asked: string[] = [];
    engine.request = (...request) => {
      asked.push(request[0]);
      return original(...request);
    };
    try {
      for (let i = 0; i < 3; i++) assert.ok(await hoverAt(editor.document, 20));
    } finally {
      engine.request = original;
    }
    // The text itself may be read once more, after a setting of another test.
    const questions = asked.filter((method) => method === 'tokensOfIds');
    assert.ok(questions.length <= 1, asked.join());
  });

  describe('opens the panel', () => {
    it('on the pass that the numbers are from, at the token', async () => {
      const { editor } = await openFile(long);
      await highlight(editor);
      const { document } = editor;
      const tokens = await listed(long);
      for (const index of [0, 1, 40, 63, 64, 65, 95, 96, 97, tokens.length - 1]) {
        const token = tokens[index]!;
        const [place] = await linksAt<PlaceInDocument>(document, token.start, 'inspectAt');
        await vscode.commands.executeCommand('forwardPass.inspectAt', place);
        const { inspection, position, error } = used.api.session.state;
        assert.equal(error, null);
        const shown = inspection!.result.tokens[position!]!;
        // Where several share a character, the link speaks of the first.
        const first = tokens.find(({ start, end }) => start < token.end && end > token.start)!;
        if (first.index > 63 && (first.index - 64) % 32 === 0) {
          // Behind a full window: what was expected is what comes next.
          assert.equal(position, 63);
          assert.equal(shown.id, tokens[first.index - 1]!.id);
          const next = inspection!.result.next.find(({ id }) => id === first.id);
          if (next) assert.ok(Math.abs(next.logprob - first.logprob!) < 1e-5);
          assert.deepEqual(shown.top[0]!.id, tokens[first.index - 1]!.top[0]!.id);
          continue;
        }
        assert.equal(shown.id, first.id);
        if (first.logprob === null) assert.equal(shown.logprob, null);
        else assert.ok(Math.abs(shown.logprob! - first.logprob) < 1e-5);
        assert.equal(shown.rank, first.rank);
        const span = used.api.session.subject!.anchor.locate(shown)!;
        assert.deepEqual([span.start, span.end], [first.start, first.end]);
        assert.equal(inspection!.revealable, true);
      }
    });

    it('not where the text was changed', async () => {
      const { editor } = await openFile('The quick brown fox jumps');
      await highlight(editor);
      const [place] = await linksAt<PlaceInDocument>(editor.document, 15, 'inspectAt');
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x'));
      const { inspection } = used.api.session.state;
      const said = await messagesDuring(() =>
        vscode.commands.executeCommand('forwardPass.inspectAt', place),
      );
      assert.match(said.join(), /not read at this place/);
      assert.equal(used.api.session.state.inspection?.serial, inspection?.serial);
    });
  });
});
