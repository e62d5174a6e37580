import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inspectSelection, messagesDuring, openText, select, until } from './extension';
import { useTinyModel } from './tinyModel';

type Item = vscode.QuickPickItem & { format?: string };

describe('Exporting an inspection', () => {
  const used = useTinyModel();
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-export-'));
  const window = vscode.window as unknown as Record<string, unknown>;
  const originals = { pick: window.showQuickPick, save: window.showSaveDialog };
  let offered: Item[] = [];

  /** Answers the two dialogs: the entry whose label begins so, and a file of this name. */
  const answer = (label: string, file: string) => {
    window.showQuickPick = (items: Item[]) => {
      offered = items;
      return Promise.resolve(items.find((item) => item.label.includes(label)));
    };
    window.showSaveDialog = () => Promise.resolve(vscode.Uri.file(join(folder, file)));
  };
  const exported = async (label: string, file: string) => {
    answer(label, file);
    await messagesDuring(async () => {
      await vscode.commands.executeCommand('forwardPass.exportInspection');
      await until(`the file ${file}`, () => {
        try {
          return readFileSync(join(folder, file)).length > 0;
        } catch {
          return false;
        }
      });
    });
    return readFileSync(join(folder, file), 'utf8');
  };

  beforeEach(async () => {
    select(await openText('One two three, one two three.'));
    await inspectSelection();
    await vscode.commands.executeCommand('forwardPass.openInTab');
  });
  after(() => {
    Object.assign(window, { showQuickPick: originals.pick, showSaveDialog: originals.save });
    rmSync(folder, { recursive: true });
  });

  it('writes what the panel shows, and where it is from', async () => {
    const json = JSON.parse(await exported('as JSON', 'inspection.json')) as {
      provenance: { text: string; version: string; model: { sha256: string } };
      data: { tokens: { text: string }[] };
    };
    assert.equal(json.provenance.text, 'One two three, one two three.');
    assert.match(json.provenance.model.sha256, /^[0-9a-f]{64}$/);
    assert.match(json.provenance.version, /^\d+\.\d+\.\d+$/);
    const shown = used.api.session.state.inspection!.result.tokens.map(({ text }) => text);
    assert.deepEqual(
      json.data.tokens.map(({ text }) => text),
      shown,
    );
    const formats = offered.map(({ format }) => format);
    assert.deepEqual(formats, ['page', 'json', 'csv', 'json', 'csv']);
  });

  it('writes a page that holds the panel', async () => {
    const page = await exported('as Page', 'inspection.html');
    assert.match(page, /<script type="application\/json" id="recording">/);
    assert.match(page, /One two three, one two three\./);
    assert.match(page, /default-src 'none'/);
  });

  it('copies a table', async () => {
    answer('Copy as CSV', '');
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('forwardPass.exportInspection');
    let text = '';
    for (let tries = 0; tries < 200 && text === ''; tries++) {
      text = await vscode.env.clipboard.readText();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.match(text, /^# Forward Pass \d/);
  });
});
