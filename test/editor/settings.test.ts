import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

describe('Settings and models', () => {
  let api: ExtensionApi;
  let first: TinyModel;
  let second: TinyModel;
  before(async () => {
    api = await activated();
    first = makeTinyModel();
    second = makeTinyModel({ nLayer: 1, nCtx: 32 });
    await configure('model', first.folder);
    const editor = await openText('The quick brown fox');
    select(editor);
  });
  after(async () => {
    await closeEditors();
    await configure('model', undefined);
    api.engine.restart();
    first.remove();
    second.remove();
  });
  const inspected = () => api.session.state.inspection!.result;

  it('asks for as many tokens as topK says', async () => {
    await configure('topK', 3);
    await inspectSelection();
    assert.equal(inspected().next.length, 3);
    assert.equal(inspected().tokens[0]!.top.length, 3);
    await configure('topK', undefined);
  });

  it('puts the beginning-of-text token in front', async () => {
    await configure('beginningOfText', 'always');
    await inspectSelection();
    const [bos, the] = inspected().tokens;
    assert.deepEqual([bos!.id, bos!.special, bos!.start, bos!.end], [50256, true, 0, 0]);
    assert.notEqual(the!.logprob, null);
    await configure('beginningOfText', undefined);
  });

  it('says which setting is wrong, and works when it is right again', async () => {
    await configure('topK', 0);
    const messages = await messagesDuring(inspectSelection);
    assert.match(messages.join(), /forwardPass\.topK is 0, but must be a whole number/);
    await configure('topK', undefined);
    assert.deepEqual(await messagesDuring(inspectSelection), []);
    assert.equal(api.session.state.error, null);
  });

  it('computes again with another model what the panel shows', async () => {
    await inspectSelection();
    assert.equal(inspected().model.nLayer, 2);
    await configure('model', second.folder);
    await until('the other model', () => inspected().model.nLayer === 1);
    await configure('model', first.folder);
    await until('the first model', () => inspected().model.nLayer === 2);
  });

  it('chooses a model folder that works', async () => {
    await configure('model', first.folder);
    const uri = vscode.Uri.file(second.folder);
    assert.equal(await vscode.commands.executeCommand('forwardPass.chooseModel', uri), true);
    assert.equal(vscode.workspace.getConfiguration('forwardPass').get('model'), second.folder);
    await configure('model', first.folder);
  });

  it('keeps the model when the chosen folder is none, and says why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forward-pass-empty-'));
    try {
      const messages = await messagesDuring(() =>
        vscode.commands.executeCommand('forwardPass.chooseModel', vscode.Uri.file(folder)),
      );
      assert.equal(messages.length, 1);
      assert.match(messages[0]!, /config\.json/);
      assert.equal(vscode.workspace.getConfiguration('forwardPass').get('model'), first.folder);
      assert.deepEqual(await messagesDuring(inspectSelection), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes back to the bundled model', async () => {
    await vscode.commands.executeCommand('forwardPass.useBundledModel');
    assert.equal(vscode.workspace.getConfiguration('forwardPass').get('model'), '');
    await configure('model', first.folder);
  });
});
