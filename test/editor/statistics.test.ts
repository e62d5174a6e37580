import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeEditors, messagesDuring, openText, select, until } from './extension';
import { useTinyModel } from './tinyModel';

const run = () => vscode.commands.executeCommand('forwardPass.documentStatistics');

describe('Document Statistics', () => {
  const used = useTinyModel();
  const report = () => {
    const { document } = used.api.source.state;
    assert.ok(document, 'there is a report');
    return document;
  };
  const done = () => until('the document to be read', () => report().status === 'done');
  afterEach(() => used.api.reported.close());

  /** What one call of the engine says of a text, over the same windows. */
  const whole = async (text: string) => {
    const model = { folder: used.model.folder, threads: 0 };
    const params = { model, text, bos: false, topK: 1, stride: 32 };
    return used.api.engine.request('inspectDocument', params);
  };

  /** The report's sums are those of the text. */
  async function expectAsWhole(text: string) {
    const { totals } = await whole(text);
    const figures = report().figures!;
    assert.equal(figures.tokens, totals.tokens);
    assert.ok(Math.abs(figures.nats / totals.nats - 1) < 1e-5, `${figures.nats}, ${totals.nats}`);
    assert.ok(Math.abs(figures.bitsPerByte! / totals.bitsPerByte! - 1) < 1e-5);
  }

  it('are those of the whole text, in the panel, and follow edits', async () => {
    const editor = await openText(`# Titel\n${'Zeile mit 中文 und 🙂.\n'.repeat(40)}Ende`);
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await run();
    await until('the panel', () => used.api.view.visible || used.api.tab.visible);
    await done();
    assert.equal(report().lines, 42);
    await expectAsWhole(editor.document.getText());

    const { tokens } = report().figures!;
    await editor.edit((edit) => edit.insert(new vscode.Position(41, 4), ' und noch mehr'));
    await until('the edit to be told', () => report().figures!.tokens !== tokens);
    await done();
    await expectAsWhole(editor.document.getText());
  });

  it('of a selection are of that alone, with the lines of the document', async () => {
    const editor = await openText('one two three\nfour five six\nseven eight nine\nten');
    select(editor, 18, 42);
    await run();
    await done();
    assert.match(report().source, /:2–3$/);
    assert.deepEqual(new Set(report().surprising.map(({ line }) => line)), new Set([2, 3]));
    await expectAsWhole(editor.document.getText().slice(18, 42));
  });

  it('of a selection in the context of the document count the selection only', async () => {
    const { workspace } = vscode;
    const context = (value: string | undefined) =>
      workspace.getConfiguration('forwardPass').update('context', value, true);
    await context('document');
    try {
      const editor = await openText('one two three\nfour five six\nseven eight nine');
      select(editor, 13, 27);
      await run();
      await done();
      const text = editor.document.getText().slice(0, 27);
      const { tokens } = await whole(text);
      const counted = tokens.filter(({ start }) => start >= 13);
      assert.equal(report().figures!.tokens, counted.length);
      const nats = counted.reduce((sum, { logprob }) => sum - logprob!, 0);
      assert.ok(Math.abs(report().figures!.nats / nats - 1) < 1e-5);
    } finally {
      await context(undefined);
    }
  });

  it('put the cursor before the most surprising token of a line that is chosen', async () => {
    const editor = await openText(`${'line\n'.repeat(300)}The quick brown fox\n`);
    await run();
    await done();
    const line = report().surprising.find((each) => each.line === 301)!;
    await used.api.source.report.revealLine({ line: 301 }, undefined);
    const { active } = editor.selection;
    assert.equal(active.line, 300);
    const after = editor.document.lineAt(300).text.slice(active.character);
    assert.ok(after === '' || after.startsWith(line.peak.text), `${line.peak.text}: ${after}`);
    await until('the line to be in view', () =>
      editor.visibleRanges.some((range) => range.contains(active)),
    );
    const all = await used.api.source.report.documentLines(null, undefined);
    assert.equal(all.texts.length, 301);
    assert.equal(all.texts[300], 'The quick brown fox');
  });

  it('stop when told, keep what is known, and go on', async () => {
    await openText('All work and no play makes Jack a dull boy.\n'.repeat(3000));
    await run();
    await until('something to be known', () => report().fraction > 0.02);
    await used.api.source.report.documentReading({ action: 'stop' }, undefined);
    assert.equal(report().status, 'stopped');
    const { fraction, figures } = report();
    assert.ok(fraction < 1 && figures!.predicted > 100);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(report().fraction, fraction);
    await used.api.source.report.documentReading({ action: 'goOn' }, undefined);
    assert.equal(report().status, 'reading');
    await until('more to be known', () => report().fraction > fraction);
    assert.ok(report().figures!.predicted >= figures!.predicted);
  });

  it('say that the document was closed, and go on with it when it is opened again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forward-pass-closed-'));
    const uri = vscode.Uri.file(join(folder, 'moon.py'));
    writeFileSync(uri.fsPath, 'moon = 1\nprint("the moon", moon)\n');
    // What an extension opens stays open for minutes after its editor was closed: a file of its own.
    await vscode.commands.executeCommand('vscode.open', uri);
    const text = vscode.window.activeTextEditor!.document.getText();
    await run();
    await done();
    await closeEditors();
    await until('the document to be closed', () => report().status === 'closed');
    assert.equal(report().source, 'moon.py');
    const { line } = report().surprising[0]!;
    await used.api.source.report.revealLine({ line }, undefined);
    assert.equal(vscode.window.activeTextEditor?.document.uri.path, uri.path);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, line - 1);
    await done();
    await expectAsWhole(text);
  });

  it('are of one document at a time, and let go of it when closed', async () => {
    const first = await openText('one two three');
    await run();
    await done();
    const second = await openText('four five six seven');
    await run();
    await done();
    const { readings } = used.api;
    assert.equal(readings.of(first.document), undefined);
    assert.equal(readings.of(second.document)?.reading.complete, true);
    await expectAsWhole('four five six seven');
    await used.api.source.report.documentReading({ action: 'close' }, undefined);
    assert.equal(used.api.source.state.document, null);
    assert.equal(readings.of(second.document), undefined);
  });

  it('have an answer for a document without text, and say what to do without a document', async () => {
    await openText('');
    await run();
    await done();
    assert.equal(report().figures!.tokens, 0);
    used.api.reported.close();
    await closeEditors();
    assert.match((await messagesDuring(run))[0]!, /^Open a text/);
    assert.equal(used.api.source.state.document, null);
  });

  it('refuse a text that is too long, in one sentence', async () => {
    await openText('word '.repeat(1_000_001));
    await run();
    await until('the refusal', () => report().status === 'failed');
    assert.match(report().error!, /documents of up to 5,000,000 characters/);
    assert.equal(report().figures, null);
  });
});
