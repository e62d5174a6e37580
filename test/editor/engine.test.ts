import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import {
  activated,
  closeEditors,
  configure,
  inspectSelection,
  messagesDuring,
  openText,
  select,
  until,
} from './extension';
import { makeTinyModel, type TinyModel } from './tinyModel';

describe('The engine', () => {
  let api: ExtensionApi;
  let model: TinyModel;
  let editor: vscode.TextEditor;
  before(async () => {
    api = await activated();
    model = makeTinyModel({ nLayer: 6, nCtx: 1024 });
    await configure('model', model.folder);
    editor = await openText(' fox'.repeat(1024));
    select(editor);
  });
  after(async () => {
    await closeEditors();
    await configure('model', undefined);
    api.engine.restart();
    model.remove();
  });

  for (const stage of ['loading', 'forward'] as const) {
    it(`may be killed while ${stage}: one sentence, and the next request works`, async () => {
      api.engine.restart();
      const killer = api.session.onDidChange(() => {
        if (api.session.state.busy?.stage === stage) process.kill(api.engine.pid!, 'SIGKILL');
      });
      const messages = await messagesDuring(inspectSelection);
      killer.dispose();
      assert.equal(messages.length, 1);
      assert.match(messages[0]!, /^The engine stopped unexpectedly/);
      assert.equal(api.session.state.error, messages[0]);
      assert.equal(api.session.state.busy, null);

      await inspectSelection();
      assert.equal(api.session.state.error, null);
      assert.equal(api.session.state.inspection?.result.tokens.length, 1024);
    });
  }

  it('is another process after Restart Engine', async () => {
    await inspectSelection();
    const first = api.engine.pid;
    assert.ok(first);
    await vscode.commands.executeCommand('forwardPass.restartEngine');
    assert.equal(api.engine.pid, undefined);
    await inspectSelection();
    assert.notEqual(api.engine.pid, first);
    await until('the first process to be gone', () => {
      try {
        return !process.kill(first, 0);
      } catch {
        return true;
      }
    });
  });

  it('answers the last of many requests, and no other', async () => {
    const document = await openText('one two three four five six seven eight');
    const outcomes: PromiseLike<unknown>[] = [];
    for (const end of [3, 7, 13, 18, 23, 27, 33, 39]) {
      select(document, 0, end);
      outcomes.push(inspectSelection());
    }
    assert.deepEqual(
      await messagesDuring(() => Promise.all(outcomes)),
      [],
      'superseded requests are silent',
    );
    assert.equal(api.session.state.inspection?.result.tokens.length, 8);
  });

  it('cancels silently', async () => {
    const before = api.session.state.inspection?.serial;
    api.engine.restart();
    const messages = await messagesDuring(async () => {
      const done = inspectSelection();
      api.session.cancel();
      await done;
    });
    assert.deepEqual(messages, []);
    assert.equal(api.session.state.inspection?.serial, before);
    assert.equal(api.session.state.busy, null);
  });
});
