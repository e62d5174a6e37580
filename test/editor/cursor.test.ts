import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CursorPrediction } from '../../src/protocol/typing';
import type { ExtensionApi } from '../../src/extension';
import {
  activated,
  closeEditors,
  configure,
  messagesDuring,
  openText,
  select,
  until,
} from './extension';
import { makeTinyModel, type TinyModel } from './tinyModel';

const sentence =
  'It was the best of times, it was the worst of times; it was the age of wisdom, it was the age ' +
  'of foolishness.\nAnd all the while the typist typed on, quickly, and never once waited for it. ';

const bundled = join(__dirname, '../../../media/model');

describe('Prediction at the cursor', () => {
  let api: ExtensionApi;
  let tiny: TinyModel;
  before(async () => {
    api = await activated();
    tiny = makeTinyModel();
  });
  beforeEach(() => configure('model', tiny.folder));
  afterEach(async () => {
    await configure('predictionAtCursor', undefined);
    await configure('beginningOfText', undefined);
    if (api.cursor.state) await toggle();
    await closeEditors();
  });
  after(async () => {
    await configure('model', undefined);
    api.engine.restart();
    tiny.remove();
  });

  const toggle = () => vscode.commands.executeCommand('forwardPass.togglePredictionAtCursor');
  const state = () => api.cursor.state;
  const current = (holds: (state: CursorPrediction) => boolean) =>
    until('the prediction', () => {
      const now = state();
      return now !== null && !now.waiting && holds(now);
    });
  const parameters = () => ({
    model: { folder: tiny.folder, threads: 0 },
    topK: 10,
    bos: false,
  });

  async function expectPredictionFor(text: string, ref = parameters().model): Promise<void> {
    await current(({ shown }) => shown !== null && text.endsWith(shown.before));
    const params = { ...parameters(), model: ref, text };
    const { next, tokens } = await api.engine.request('inspect', params);
    const { shown } = state()!;
    assert.deepEqual(
      shown!.next.map(({ id }) => id),
      next.map(({ id }) => id),
    );
    for (const [i, { logprob }] of next.entries()) {
      assert.ok(Math.abs(shown!.next[i]!.logprob - logprob) < 1e-4);
    }
    assert.equal(shown!.tokens, tokens.length);
  }

  it('types 200 characters quickly, and no key press waits for the engine', async () => {
    await configure('model', undefined); // the bundled one: its passes take a while
    const text = sentence.repeat(2).slice(0, 200);
    const original = api.engine.request.bind(api.engine);
    let [inFlight, most, asked, dropped] = [0, 0, 0, 0];
    api.engine.request = async (method, params, options) => {
      most = Math.max(most, ++inFlight);
      if (method === 'predictNext') asked++;
      try {
        return await original(method, params, options);
      } finally {
        inFlight--;
        if (options?.signal?.aborted) dropped++;
      }
    };
    const typing = async () => {
      const editor = await openText('');
      const delay = monitorEventLoopDelay({ resolution: 1 });
      const keys: number[] = [];
      delay.enable();
      const pressed: Promise<void>[] = [];
      for (const [i, character] of [...text].entries()) {
        const start = performance.now();
        const key = vscode.commands.executeCommand('type', { text: character });
        pressed.push(Promise.resolve(key).then(() => void keys.push(performance.now() - start)));
        // Fluent, but for a pause after some words in which the engine is asked.
        await sleep(i % 20 === 19 ? 600 : 15);
      }
      await Promise.all(pressed);
      delay.disable();
      assert.equal(editor.document.getText(), text);
      keys.sort((a, b) => a - b);
      return {
        p99: delay.percentile(99) / 1e6,
        longest: delay.max / 1e6,
        key: keys[Math.floor(0.99 * keys.length)]!,
      };
    };
    try {
      const off = await typing();
      await toggle();
      select(await openText('So it begins'));
      await current(({ shown }) => shown !== null);
      [most, asked, dropped] = [0, 0, 0];
      const on = await typing();
      await current(({ shown }) => shown !== null && text.endsWith(shown.before));
      for (const [name, { p99, longest, key }] of Object.entries({ off, on })) {
        console.log(
          `      ${name}: event loop delay p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms; ` +
            `a key press p99 ${key.toFixed(1)} ms`,
        );
      }
      console.log(`      asked ${asked} times, dropped ${dropped}; at most ${most} in flight`);
      assert.ok(asked >= 2, `the engine was asked ${asked} times`);
      assert.ok(most <= 2, `${most} requests in flight`);
      // The bound is 20 ms; this machine may be busy with other tests.
      assert.ok(on.p99 < 100, `p99 ${on.p99} ms`);
      await expectPredictionFor(text, { folder: bundled, threads: 0 });
    } finally {
      api.engine.request = original;
    }
  });

  it('follows the cursor, the active end of a selection, and other editors', async () => {
    await toggle();
    const editor = await openText('The quick brown fox\njumps over the lazy dog', 'markdown');
    select(editor, 9, 9);
    await expectPredictionFor('The quick');
    assert.match(state()!.shown!.source, /:1$/);
    editor.selection = new vscode.Selection(1, 10, 0, 3);
    await expectPredictionFor('The');
    select(editor, 0, 30);
    await expectPredictionFor('The quick brown fox\njumps over');
    assert.match(state()!.shown!.source, /:2$/);
    const other = await openText('Another text altogether');
    select(other, 0, 12);
    await expectPredictionFor('Another text');
  });

  it('follows edits, undo, and a paste in the middle', async () => {
    await toggle();
    const editor = await openText('One two three four');
    const { document } = editor;
    select(editor, 18, 18);
    await expectPredictionFor('One two three four');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 7), ' and a half,\r\n'));
    await expectPredictionFor(document.getText());
    await vscode.commands.executeCommand('undo');
    await until('the undone text', () => document.getText() === 'One two three four');
    select(editor, 7, 7);
    await expectPredictionFor('One two');
    await vscode.commands.executeCommand('type', { text: '\ud83d\ude80' });
    await expectPredictionFor('One two\ud83d\ude80');
  });

  it('says why there is nothing at the beginning, but for a beginning-of-text token', async () => {
    await toggle();
    await openText('');
    await current(({ note }) => note === 'Nothing stands before the cursor.');
    await configure('beginningOfText', 'always');
    await current(({ shown }) => shown?.tokens === 1);
  });

  it('is switched on by the setting, also for a language', async () => {
    await openText('Some words', 'markdown');
    const section = () =>
      vscode.workspace.getConfiguration('forwardPass', { languageId: 'markdown' });
    const forMarkdown = (value: boolean | undefined) =>
      section().update('predictionAtCursor', value, vscode.ConfigurationTarget.Global, true);
    assert.equal(state(), null);
    await forMarkdown(true);
    try {
      await until('the prediction', () => state() !== null);
      await openText('let x', 'typescript');
      await until('none for TypeScript', () => state() === null);
    } finally {
      await forMarkdown(undefined);
    }
    await configure('predictionAtCursor', true);
    await until('the prediction', () => state() !== null);
    await toggle();
    assert.equal(state(), null);
    await configure('predictionAtCursor', 'yes');
    await current(({ failed, note }) => failed && /predictionAtCursor is "yes"/.test(note!));
  });

  it('says what is wrong in the item and never in a message, and recovers', async () => {
    await toggle();
    const editor = await openText('A few words');
    select(editor, 5, 5);
    await expectPredictionFor('A few');
    const messages = await messagesDuring(async () => {
      await configure('model', '/nowhere/at/all');
      await current(({ failed, note }) => failed && /nowhere/.test(note!));
      await configure('model', tiny.folder);
      await current(({ shown }) => shown !== null);
      api.engine.restart();
      select(editor, 11, 11);
      await expectPredictionFor('A few words');
    });
    assert.deepEqual(messages, []);
  });

  it('works in a notebook cell, with the cells above where the settings say so', async () => {
    await toggle();
    const cells = ['Prose of a cell', 'x = 1\ny'].map(
      (value) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, value, 'plaintext'),
    );
    const data = new vscode.NotebookData(cells);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const selections = [new vscode.NotebookRange(1, 2)];
    await vscode.window.showNotebookDocument(notebook, { selections });
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(1);
    await until('the cell', () => vscode.window.activeTextEditor?.document === document);
    select(vscode.window.activeTextEditor!, 5, 5);
    await expectPredictionFor('x = 1');
    assert.match(state()!.shown!.source, /, cell 2:1$/);
    await configure('notebookContext', 'above');
    try {
      await expectPredictionFor('Prose of a cell\nx = 1');
    } finally {
      await configure('notebookContext', undefined);
    }
  });

  it('works in a diff and in a read-only document', async () => {
    await toggle();
    const provider = { provideTextDocumentContent: () => 'Nobody can write here' };
    const registered = vscode.workspace.registerTextDocumentContentProvider('read-only', provider);
    try {
      const uri = vscode.Uri.parse('read-only:/folder/text.txt');
      const editor = await vscode.window.showTextDocument(uri);
      select(editor, 0, 10);
      await expectPredictionFor('Nobody can');
      assert.equal(state()!.shown!.source, 'text.txt:1');
      const left = await vscode.workspace.openTextDocument({ content: 'Nobody could write here' });
      await vscode.commands.executeCommand('vscode.diff', left.uri, uri, 'Diff');
      await until('the diff', () => vscode.window.activeTextEditor?.document.uri.path === uri.path);
      select(vscode.window.activeTextEditor!, 6, 6);
      await expectPredictionFor('Nobody');
    } finally {
      registered.dispose();
    }
  });

  it('reads a long document from a line that stays', async () => {
    await toggle();
    const line = 'A line of a long document, with words.\n';
    const editor = await openText(line.repeat(2000));
    const end = editor.document.getText().length;
    select(editor, end, end);
    await current(({ shown }) => shown !== null);
    const { readFrom, tokens } = state()!.shown!;
    assert.match(readFrom!, /^line \d{4}$/);
    assert.ok(tokens >= 32 && tokens <= 64);
    await vscode.commands.executeCommand('type', { text: 'x' });
    await current(({ shown }) => shown!.before.endsWith('x'));
    assert.equal(state()!.shown!.readFrom, readFrom);
    assert.ok(state()!.shown!.computed <= 2);
  });

  it('never writes anything', async () => {
    await toggle();
    const editor = await openText('Left alone');
    const { version } = editor.document;
    await current(({ shown, note }) => shown !== null || note !== null);
    await sleep(300);
    assert.equal(editor.document.getText(), 'Left alone');
    assert.equal(editor.document.version, version);
  });
});
