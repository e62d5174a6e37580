import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenReplacement } from '../../src/editor/reading/tokenLinks';
import type { ChangedHunk } from '../../src/protocol/documentChanges';
import { inspectByCommandLine } from './commandLine';
import {
  closeEditors,
  inspectSelection,
  messagesDuring,
  select,
  until,
  withoutAutoSave,
} from './extension';
import { MemoryFiles } from './memoryFiles';
import { useTinyModel } from './tinyModel';

const text = '# Gezeiten\r\n\r\nThe moon 🌕 pulls the sea,\ttwice a day.\r\nSo it was.\r\n';

describe('A document of a virtual file system', () => {
  const used = useTinyModel();
  withoutAutoSave();
  let files: MemoryFiles;
  let registration: vscode.Disposable;
  let count = 0;

  beforeEach(() => {
    files = new MemoryFiles();
    registration = vscode.workspace.registerFileSystemProvider('memfs', files, {
      isCaseSensitive: true,
    });
  });
  afterEach(async () => {
    await used.api.changes.close();
    await closeEditors();
    registration.dispose();
  });

  /** A new file: what VS Code remembers of another one must not come back in it. */
  async function open(content: string | Uint8Array = text) {
    const uri = vscode.Uri.parse(`memfs:/notes${++count}.md`);
    files.put(uri, content);
    return vscode.window.showTextDocument(uri, { preview: false });
  }

  async function highlight(editor: vscode.TextEditor): Promise<void> {
    await vscode.commands.executeCommand('forwardPass.toggleHighlights');
    await until('the text to be read', () => used.api.highlights.of(editor.document)?.reading.complete === true); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 120));
  }

  async function hoversAt({ document }: vscode.TextEditor, offset: number): Promise<string> {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      document.positionAt(offset),
    );
    const parts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    return parts.map(({ value }) => value).join('\n');
  }

  function expectUntouched({ document }: vscode.TextEditor, content = text): void {
    assert.deepEqual(files.written, []);
    assert.equal(files.text(document.uri), content);
    assert.equal(document.getText(), content);
    assert.equal(document.isDirty, false);
  }

  const compareWith = (what: 'Head' | 'Saved' | 'Clipboard') =>
    vscode.commands.executeCommand(`forwardPass.compareWith${what}`);
  const changes = () => used.api.changes.state;
  const hunks = (): ChangedHunk[] => used.api.changes.hunks(changes()!.version);
  const compared = () => until('the comparison', () => changes()?.status === 'done');

  it('is highlighted on exactly its tokens', async () => {
    const editor = await open();
    await highlight(editor);
    const { tokens } = await inspectByCommandLine(text, { model: used.model.folder, stride: 32 });
    const reading = used.api.highlights.of(editor.document)!;
    const { ids, ranks } = reading.reading.text!;
    assert.deepEqual([...ids], tokens.map(({ id }) => id)); // prettier-ignore
    assert.deepEqual([...ranks], tokens.map(({ rank }) => rank ?? 0)); // prettier-ignore
    // Characters that several tokens share are tinted as one, and a line's end is one to VS Code.
    const whole = (word: string) => /^[^\r\n\ud800-\udfff]+$/.test(word);
    const tinted = used.api.highlights.drawn.get(editor)!.levels.flat();
    const words = tinted
      .sort((a, b) => a.start.compareTo(b.start))
      .map((range) => editor.document.getText(range));
    const expected = tokens.slice(1).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(words.filter(whole), expected.filter(whole));
    expectUntouched(editor);
  });

  it('says in the hover what was expected, and is replaced in only by a choice', async () => {
    const editor = await open();
    await highlight(editor);
    const start = text.indexOf(' pulls');
    const hover = await hoversAt(editor, start);
    assert.match(hover, /^\*\*This token\*\*/m);
    assert.match(hover, /Expected here/);
    expectUntouched(editor);
    const [, json] = /\(command:forwardPass\.replaceToken\?([^ )]+)/.exec(hover)!;
    const [link] = JSON.parse(decodeURIComponent(json!)) as [TokenReplacement];
    await vscode.commands.executeCommand('forwardPass.replaceToken', link);
    assert.ok(editor.document.isDirty);
    assert.deepEqual(files.written, [], 'only saving writes the file');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), text);
    assert.deepEqual(files.written, []);
  });

  it('is inspected, and its tokens are shown in it', async () => {
    const editor = await open();
    const [start, end] = [text.indexOf('The moon'), text.indexOf('twice')];
    select(editor, start, end);
    assert.match(await hoversAt(editor, start + 5), /After the selection/);
    await inspectSelection();
    const { inspection, error } = used.api.session.state;
    assert.equal(error, null);
    const { tokens } = inspection!.result;
    const bytes = Buffer.from(tokens.flatMap((token) => token.bytes)).toString();
    assert.equal(bytes, text.slice(start, end));
    assert.match(inspection!.source, /notes\d+\.md:3$/);
    assert.equal(inspection!.revealable, true);
    const { anchor } = used.api.session.subject!;
    const moon = tokens.find((token) => token.text === ' moon')!;
    const place = anchor.locate(moon)!;
    assert.equal(text.slice(place.start, place.end), ' moon');
    expectUntouched(editor);
  });

  it('has no HEAD, which is said in a sentence', async () => {
    const editor = await open();
    const said = await messagesDuring(() => compareWith('Head'));
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^notes\d+\.md is no file in a folder that Git could know: [^.]+\.$/);
    assert.equal(changes(), null);
    expectUntouched(editor);
  });

  it('is compared with its saved file, and follows saving and what others write', async () => {
    const editor = await open();
    const { document } = editor;
    const at = document.positionAt(text.indexOf('So it was'));
    await editor.edit((edit) => edit.insert(at, 'Or thrice. '));
    await compareWith('Saved');
    await compared();
    assert.deepEqual(hunks().map(({ words }) => words), ['Or thrice. So it was.']); // prettier-ignore
    assert.deepEqual(files.written, [], 'the file was only read');
    assert.equal(files.text(document.uri), text);
    await document.save();
    assert.equal(files.written.length, 1);
    await until('both to be the same', () => changes()?.figures?.hunks === 0);
    // The file changes, and the document, which nobody has changed, with it: they are still the same.
    files.put(document.uri, text.replace('moon', 'sun'));
    await until('the new text', () => document.getText().includes('sun'));
    await until('it to be read', () => {
      const { status, figures } = changes() ?? {};
      return status === 'done' && figures?.hunks === 0;
    });
    assert.equal(files.written.length, 1);
  });

  it('is decoded as VS Code decodes it', async () => {
    // UTF-16, as its byte order mark says, which is no part of the text.
    const editor = await open(Buffer.from('\ufeffEins.\nZwölf.\n', 'utf16le'));
    assert.equal(editor.document.getText(), 'Eins.\nZwölf.\n');
    await compareWith('Saved');
    await compared();
    assert.equal(changes()!.figures!.hunks, 0);
  });

  it('says that its file is gone', async () => {
    const editor = await open();
    files.delete(editor.document.uri);
    files.written.length = 0;
    const said = await messagesDuring(() => compareWith('Saved'));
    assert.match(said.join(), /The saved file of notes\d+\.md cannot be read; it may have been deleted\./); // prettier-ignore
    assert.deepEqual(files.written, []);
  });

  it('is compared with the clipboard', async () => {
    await vscode.env.clipboard.writeText(text.replace('twice', 'once'));
    const editor = await open();
    await compareWith('Clipboard');
    await compared();
    assert.equal(hunks().length, 1);
    expectUntouched(editor);
  });
});
