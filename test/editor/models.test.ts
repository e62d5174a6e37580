import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { activated, configure, messagesDuring, openText, until } from './extension';
import { useTinyModel } from './tinyModel';

type Pick = vscode.QuickPick<vscode.QuickPickItem>;

/** Keeps each list that a command shows, and lets it be shown all the same. */
function watchLists(): { lists: Pick[]; stop(): void } {
  const lists: Pick[] = [];
  const window = vscode.window as { createQuickPick: () => Pick };
  const original = window.createQuickPick;
  window.createQuickPick = () => {
    const list = original();
    lists.push(list);
    return list;
  };
  return { lists, stop: () => (window.createQuickPick = original) };
}

const accept = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const setting = () => vscode.workspace.getConfiguration('forwardPass').get('model');

describe('The library of models', () => {
  const used = useTinyModel();
  let root: string;
  let cache: string | undefined;
  let watched: ReturnType<typeof watchLists>;
  const list = () => watched.lists.at(-1)!;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'forward-pass-library-'));
    cache = process.env['HF_HUB_CACHE'];
    process.env['HF_HUB_CACHE'] = join(root, 'hub');
    const snapshot = (name: string) =>
      join(root, 'hub', `models--someone--${name}`, 'snapshots', 'a'.repeat(40));
    for (const name of ['good', 'broken']) {
      cpSync(used.model.folder, snapshot(name), { recursive: true });
    }
    // It only shows when it is loaded that these weights belong to another config.json.
    const path = join(snapshot('broken'), 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...config, n_layer: 5 }));
  });
  beforeEach(() => (watched = watchLists()));
  afterEach(async () => {
    watched.stop();
    await configure('model', used.model.folder);
  });
  after(() => {
    if (cache === undefined) delete process.env['HF_HUB_CACHE'];
    else process.env['HF_HUB_CACHE'] = cache;
    rmSync(root, { recursive: true, force: true });
  });

  /** Opens the list, waits until all models are in it, and goes to one of them. */
  async function openAt(text: string): Promise<Thenable<unknown>[]> {
    const done = vscode.commands.executeCommand('forwardPass.chooseModel');
    await until('the models', () => watched.lists.length > 0 && !list().busy);
    list().activeItems = [find(text)];
    // What is set here reaches the list a moment later.
    await new Promise((resolve) => setTimeout(resolve, 150));
    return [done];
  }
  const find = (text: string) => list().items.find(({ label }) => label.includes(text))!;

  it('lists what is on this machine in groups, the one in use marked', async () => {
    await configure('model', '');
    const done = vscode.commands.executeCommand('forwardPass.chooseModel');
    await until('the models', () => watched.lists.length > 0 && !list().busy);
    const { items } = list();
    const separators = items.filter(({ kind }) => kind === vscode.QuickPickItemKind.Separator);
    const groups = separators.map(({ label }) => label);
    assert.deepEqual(groups.slice(0, 1), ['Bundled']);
    assert.ok(groups.includes('Hugging Face cache'));
    assert.equal(groups.at(-1), 'Other models');
    assert.equal(find('forward-pass-gpt').label, '$(check) forward-pass-gpt');
    assert.match(find('forward-pass-gpt').description!, /gpt2 · 18M · F16 · 512 tokens · in use/);
    assert.match(find('someone/good').detail!, /on disk · about \d+ MB in memory/);
    assert.deepEqual(
      items.slice(-4).map(({ label }) => label.replace(/^\$\(\S+\) /, '')),
      ['Open Folder…', 'Open File…', 'Download a Model…', 'Download from Hugging Face by Name…'],
    );
    list().hide();
    assert.equal(await done, false);
  });

  it('uses the one that is chosen', async () => {
    const [done] = await openAt('someone/good');
    await accept();
    assert.equal(await done, true);
    assert.match(String(setting()), /models--someone--good/);
  });

  it('keeps the model and what is on show where the chosen one does not work', async () => {
    await openText('The quick brown fox');
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('forwardPass.inspectSelection');
    const before = used.api.session.state.inspection!;
    const messages = await messagesDuring(async () => {
      const [done] = await openAt('someone/broken');
      await accept();
      assert.equal(await done, false);
    });
    assert.match(messages.join(), /lack the tensor/);
    assert.equal(setting(), used.model.folder);
    assert.equal(used.api.session.state.inspection!.serial, before.serial);
    assert.equal(used.api.session.state.error, null);
  });

  it('inspects what failed, once a model that works is chosen', async () => {
    await configure('model', join(root, 'nowhere'));
    await openText('this failed before');
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('forwardPass.inspectSelection');
    const { session } = used.api;
    assert.match(session.state.error!, /nowhere/);
    assert.equal(session.state.settings.modelName, 'nowhere');
    const [done] = await openAt('someone/good');
    await accept();
    assert.equal(await done, true);
    await until('the inspection', () => session.subject?.text === 'this failed before');
    assert.equal(session.state.error, null);
    assert.equal(session.state.settings.modelName, session.state.inspection!.result.model.name);
  });

  it('unloads the model, and loads it again with the next question', async () => {
    await vscode.commands.executeCommand('forwardPass.inspectSelection');
    assert.notEqual(used.api.engine.pid, undefined);
    await vscode.commands.executeCommand('forwardPass.unloadModel');
    assert.equal(used.api.engine.pid, undefined);
    assert.notEqual(used.api.session.state.inspection, null);
    await openText('and again');
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('forwardPass.inspectSelection');
    assert.equal(used.api.session.state.error, null);
    assert.notEqual(used.api.engine.pid, undefined);
  });

  it('downloads one that is named, and uses it', async () => {
    await activated();
    const files = ['config.json', 'model.safetensors'].map((name) => ({
      name,
      data: readFileSync(join(used.model.folder, name)),
    }));
    const server = createServer((request, response) => {
      if (request.url!.startsWith('/api/')) {
        const siblings = files.map(({ name, data }) => ({
          rfilename: name,
          lfs: { size: data.length, sha256: createHash('sha256').update(data).digest('hex') },
        }));
        response.end(JSON.stringify({ sha: 'b'.repeat(40), siblings }));
      } else {
        response.end(files.find(({ name }) => request.url!.endsWith(name))!.data);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await configure('huggingFaceEndpoint', `http://127.0.0.1:${port}`);
    const window = vscode.window as unknown as Record<string, unknown>;
    const { showInputBox, showInformationMessage } = window;
    window['showInputBox'] = () => Promise.resolve('someone/fetched');
    window['showInformationMessage'] = (_: string, __: unknown, yes: string) =>
      Promise.resolve(yes);
    try {
      const [done] = await openAt('by Name');
      await accept();
      assert.equal(await done, true);
      const folder = String(setting());
      assert.match(folder, /someone--fetched[/\\]b{40}$/);
      assert.ok(existsSync(join(folder, 'forward-pass.json')));
      const again = vscode.commands.executeCommand('forwardPass.chooseModel');
      await until('the models', () => watched.lists.length > 1 && !list().busy);
      assert.match(find('someone/fetched').description!, /in use/);
      list().hide();
      await again;
      await configure('model', used.model.folder);
      rmSync(dirname(folder), { recursive: true });
    } finally {
      Object.assign(window, { showInputBox, showInformationMessage });
      await configure('huggingFaceEndpoint', undefined);
      server.close();
    }
  });
});
