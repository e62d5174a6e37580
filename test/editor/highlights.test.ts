import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpenReading } from '../../src/editor/reading/openReading';
import type { EngineRequests } from '../../src/protocol/engine';
import { inspectByCommandLine } from './commandLine';
import { configure, messagesDuring, openText, select, until } from './extension';
import { makeTinyModel, useTinyModel } from './tinyModel';

const repository = join(__dirname, '../../..');
const stride = 32;

describe('Highlights', () => {
  const used = useTinyModel();
  const toggle = () => vscode.commands.executeCommand('forwardPass.toggleHighlights');
  const openOf = ({ document }: vscode.TextEditor): OpenReading => {
    const open = used.api.highlights.of(document);
    assert.ok(open, 'the document is not highlighted');
    return open;
  };
  /** Waits until all of the document is known and drawn. */
  async function read(editor: vscode.TextEditor): Promise<OpenReading> {
    await until('the document to be read', () => openOf(editor).reading.complete);
    await drawn();
    return openOf(editor);
  }
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 120));
  const shown = (editor: vscode.TextEditor) => {
    const drawing = used.api.highlights.drawn.get(editor);
    return drawing?.levels.flat().sort((a, b) => a.start.compareTo(b.start)) ?? [];
  };
  async function highlighted(content: string, language?: string): Promise<vscode.TextEditor> {
    const editor = await openText(content, language);
    await toggle();
    await read(editor);
    return editor;
  }
  /** The texts that tokens must be tinted over: characters that several tokens share are one. */
  async function expectedTexts(text: string): Promise<string[]> {
    const { tokens } = await inspectByCommandLine(text, { model: used.model.folder, stride });
    const spans: { start: number; end: number; known: boolean }[] = [];
    for (const { start, end, logprob } of tokens) {
      const last = spans.at(-1);
      if (last && start < last.end) {
        last.end = Math.max(last.end, end);
        last.known ||= logprob !== null;
      } else spans.push({ start, end, known: logprob !== null });
    }
    const texts = spans.flatMap(({ start, end, known }) => (known ? [text.slice(start, end)] : []));
    // To VS Code, CR LF is one thing: no position lies between the two, which are tokens of their own.
    return texts.map((piece, i) => {
      if (piece === '\n' && texts[i - 1] === '\r') return '\r\n';
      return piece === '\r' && texts[i + 1] === '\n' ? '' : piece;
    });
  }
  async function expectExact(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    // With random weights every token has about 15.6 bits, so every one is tinted.
    const texts = shown(editor).map((range) => document.getText(range));
    assert.deepEqual(texts, await expectedTexts(document.getText()));
  }

  const markdown = '# A title\n\nSome *text*, and `code`.\n\n- one\n- two\n';
  const python = 'def f(n):\n\tif n > 1:\n\t\treturn n * f(n - 1)  # recursion\n    return 1\n';
  const chinese = '# 中文与表情\n\n今天天气很好 👩‍👩‍👧 家庭 🏳️‍🌈 naïve Grüße 😀😀\n';
  for (const [name, text, language] of [
    ['Markdown', markdown, 'markdown'],
    ['Python, with tabs', python, 'python'],
    ['Chinese and emoji', chinese, 'markdown'],
    [
      'CRLF line ends',
      chinese.replaceAll('\n', '\r\n') + python.replaceAll('\n', '\r\n'),
      'plaintext',
    ],
    ['mixed line ends', 'one\r\ntwo\nthree\r\n\r\nfour\n', 'plaintext'],
  ] as const) {
    it(`fall on exactly the tokens: ${name}`, async () => {
      const editor = await highlighted(text, language);
      await expectExact(editor);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Grüße 👋\n\t'));
      await read(editor);
      await expectExact(editor);
      await vscode.commands.executeCommand('undo');
      await read(editor);
      await expectExact(editor);
      // VS Code gives a new document one kind of line end; what it made of the text is kept.
      assert.ok(editor.document.getText().length >= text.length - 3);
    });
  }

  it('are what the command line says, for 20 files', async () => {
    const files = [
      ...['README.md', 'package.json', 'tsconfig.json', 'LICENSE', 'CHANGELOG.md', 'esbuild.config.mjs', '.vscodeignore', 'media/activity.svg', 'training/muon.py', 'training/requirements.txt', 'docs/measurements.md', 'test/fixtures/sample/moon.py', 'test/fixtures/sample/tides.ts'].map((name) => join(repository, name)), // prettier-ignore
      ...readdirSync(join(repository, 'src/editor/reading')).slice(0, 7).map((name) => join(repository, 'src/editor/reading', name)), // prettier-ignore
    ];
    assert.equal(files.length, 20);
    for (const file of files) {
      const text = readFileSync(file, 'utf8').slice(0, 3000);
      const editor = await openText(text);
      await toggle();
      const open = await read(editor);
      const { tokens } = await inspectByCommandLine(editor.document.getText(), { model: used.model.folder, stride }); // prettier-ignore
      const { ids, logprobs, ranks, entropies } = open.reading.text!;
      assert.deepEqual(Array.from(ids), tokens.map(({ id }) => id), file); // prettier-ignore
      for (const [i, token] of tokens.entries()) {
        const range = new vscode.Range(editor.document.positionAt(token.start), editor.document.positionAt(token.end)); // prettier-ignore
        assert.ok(open.rangeOf(i).isEqual(range), file);
        if (token.logprob === null) assert.ok(Number.isNaN(logprobs[i]));
        else {
          assert.ok(Math.abs(logprobs[i]! - token.logprob) < 1e-4, `${file}, token ${i}`);
          assert.equal(ranks[i], token.rank);
          assert.ok(Math.abs(entropies[i]! - token.entropy!) < 1e-4);
        }
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  }).timeout(180_000);

  it('go where the text goes at once, and show nothing that an edit may have changed', async () => {
    const editor = await highlighted('one two three four five six');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 13), 'X'));
    const texts = shown(editor).map((range) => editor.document.getText(range));
    assert.deepEqual(texts, [' two']);
    await read(editor);
    await expectExact(editor);
  });

  it('begin with the screen, and after an edit at the end read one window again', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} of a long file, ${i * i}`);
    const editor = await openText(lines.join('\n'));
    const { engine } = used.api;
    const asked: EngineRequests['readWindow']['params'][] = [];
    const request = engine.request.bind(engine);
    const larger = makeTinyModel({ nCtx: 512 });
    await configure('model', larger.folder);
    engine.request = ((method: 'readWindow', params: never, options: never) => {
      if (method === 'readWindow') asked.push(params);
      return request(method, params, options);
    }) as typeof engine.request;
    try {
      const middle = new vscode.Position(2500, 0);
      editor.revealRange(new vscode.Range(middle, middle), vscode.TextEditorRevealType.AtTop);
      await until('the editor to scroll', () => editor.visibleRanges[0]!.contains(middle));
      await toggle();
      await until('the first window', () => (openOf(editor).reading.fraction ?? 0) > 0);
      await drawn();
      const open = openOf(editor);
      const first = open.tokensIn(editor.visibleRanges[0]!);
      assert.ok(open.reading.text!.ranks[first.first + 1]! > 0, 'the top of the screen is read');
      assert.ok(open.reading.fraction < 0.2);
      await until('all of it', () => open.reading.complete, 120_000);
      asked.length = 0;
      const end = editor.document.lineAt(4999).range.end;
      await editor.edit((edit) => edit.insert(end, '7'));
      await read(editor);
      assert.ok(asked.length <= 1, `${asked.length} windows were read again`);
    } finally {
      engine.request = request;
      await configure('model', used.model.folder);
      larger.remove();
    }
  }).timeout(180_000);

  it('are of the selection alone, where there is one', async () => {
    const editor = await openText('one two three four five six');
    select(editor, 8, 18);
    await toggle();
    await read(editor);
    assert.equal(editor.document.getText(shown(editor)[0]), ' four');
    assert.equal(shown(editor).length, 1, '"three" comes first, so nothing could expect it');
    await configure('context', 'document');
    await read(editor);
    const texts = shown(editor).map((range) => editor.document.getText(range));
    await configure('context', undefined);
    assert.deepEqual(texts, [' three', ' four']);
  });

  it('are in each editor of the document, and go when they are switched off', async () => {
    const editor = await highlighted('one two three four');
    const other = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.Beside);
    await drawn();
    assert.deepEqual(shown(other).map((range) => other.document.getText(range)), [' two', ' three', ' four']); // prettier-ignore
    assert.equal(shown(editor).length, 3);
    await toggle();
    await drawn();
    assert.equal(shown(other).length, 0);
    assert.equal(shown(editor).length, 0);
    assert.equal(used.api.readings.all.length, 0);
  });

  it('come by themselves for a language that is set so, and go with the setting', async () => {
    const config = () =>
      vscode.workspace.getConfiguration('forwardPass', { languageId: 'markdown' });
    await config().update('highlight', true, vscode.ConfigurationTarget.Global, true);
    try {
      const plain = await openText('one two three');
      assert.equal(used.api.highlights.of(plain.document), undefined);
      const editor = await openText('one two three', 'markdown');
      await until('the highlights', () => used.api.highlights.of(editor.document) !== undefined);
      await read(editor);
      assert.equal(shown(editor).length, 2);
      await vscode.languages.setTextDocumentLanguage(editor.document, 'plaintext');
      await until('them to go', () => used.api.highlights.of(editor.document) === undefined);
    } finally {
      await config().update('highlight', undefined, vscode.ConfigurationTarget.Global, true);
    }
  });

  it('show nothing of another model, and then what that one says', async () => {
    const editor = await highlighted('one two three four');
    const before = Array.from(openOf(editor).reading.text!.logprobs);
    const second = await import('./tinyModel').then((module) =>
      module.makeTinyModel({ nLayer: 1 }),
    );
    try {
      await configure('model', second.folder);
      await drawn();
      await read(editor);
      assert.notDeepEqual(Array.from(openOf(editor).reading.text!.logprobs), before);
    } finally {
      await configure('model', used.model.folder);
      await read(editor);
      second.remove();
    }
    assert.deepEqual(Array.from(openOf(editor).reading.text!.logprobs), before);
  });

  it('take the bits of each line to its end, where that is wanted', async () => {
    await configure('lineBits', true);
    const editor = await highlighted('one two\nthree four\n\nfive');
    const { lineBits } = used.api.highlights.drawn.get(editor)!;
    await configure('lineBits', undefined);
    assert.deepEqual(lineBits.map(({ range }) => range.start.line), [0, 1, 2, 3]); // prettier-ignore
    const note = lineBits[3]!.renderOptions!.after!.contentText!;
    const { logprobs } = openOf(editor).reading.text!;
    assert.equal(note, `${(-logprobs.at(-1)! / Math.LN2).toFixed(1)} bits`);
  });

  describe('with what cannot be highlighted', () => {
    it('say so where there is no editor', async () => {
      const said = await messagesDuring(toggle);
      assert.match(said[0]!, /Open a text to highlight/);
    });

    it('have nothing to show of an empty document', async () => {
      const editor = await highlighted('');
      assert.equal(shown(editor).length, 0);
      assert.equal(openOf(editor).reading.error, null);
    });

    it('say why in one sentence where a model is missing', async () => {
      const editor = await openText('one two three');
      await configure('model', '/nowhere/at/all');
      await toggle();
      await until('the sentence', () => openOf(editor).reading.error !== null);
      assert.match(openOf(editor).reading.error!, /\/nowhere\/at\/all/);
      await configure('model', used.model.folder);
      await read(editor);
      assert.equal(shown(editor).length, 2);
    });

    it('draw no more of a very long line than VS Code does', async () => {
      const editor = await openText('function(){return 1};'.repeat(50_000));
      await toggle();
      await until('the first window', () => openOf(editor).reading.fraction > 0);
      await drawn();
      assert.ok(shown(editor).every(({ start }) => start.character < 10_000));
      await toggle();
      assert.equal(used.api.readings.all.length, 0);
    });

    it('end with the document', async () => {
      const editor = await openText('one two three '.repeat(2000));
      await toggle();
      assert.equal(used.api.readings.all.length, 1);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await until('the document to be closed', () => editor.document.isClosed);
      await until('the reading to end', () => used.api.readings.all.length === 0);
    });

    it('never write into the document', async () => {
      const editor = await highlighted(markdown);
      assert.equal(editor.document.getText(), markdown);
      assert.equal(editor.document.version, 1);
    });
  });
});
