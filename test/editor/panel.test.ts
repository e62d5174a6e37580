import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, closeEditors, until } from './extension';

describe('The panel as a tab', () => {
  before(activated);
  after(closeEditors);

  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && input.viewType.includes('forwardPass.tab'),
      );

  it('opens once, however often it is asked for', async () => {
    await vscode.commands.executeCommand('forwardPass.openInTab');
    await until('the tab', () => tabs().length > 0);
    await vscode.commands.executeCommand('forwardPass.openInTab');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(tabs().length, 1);
  });

  it('opens again after it was closed', async () => {
    await vscode.window.tabGroups.close(tabs());
    await until('the tab to be closed', () => tabs().length === 0);
    await vscode.commands.executeCommand('forwardPass.openInTab');
    await until('the tab', () => tabs().length === 1);
  });
});
