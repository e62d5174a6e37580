import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activated } from './extension';

describe('Activation', () => {
  it('starts no engine', async () => {
    const { engine, session } = await activated();
    assert.equal(engine.pid, undefined);
    assert.equal(session.state.inspection, null);
  });

  it('needs a program of under 400 kB, without tokenizer and model', () => {
    const extension = vscode.extensions.getExtension('forward-pass.forward-pass');
    const { size } = statSync(join(extension!.extensionPath, 'dist', 'extension.js'));
    assert.ok(size < 400_000, `dist/extension.js has ${size} bytes`);
  });

  it('registers every command that the manifest declares', async () => {
    await activated();
    const extension = vscode.extensions.getExtension('forward-pass.forward-pass');
    const manifest = extension!.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = await vscode.commands.getCommands(true);
    for (const { command } of manifest.contributes.commands) {
      assert.ok(registered.includes(command), command);
    }
  });
});
