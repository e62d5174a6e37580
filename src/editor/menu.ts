import * as vscode from 'vscode';
import type { SessionState } from './inspectionSession';

type Entry = vscode.QuickPickItem & { command?: string; arguments?: unknown[] };

/** What a click on the status bar item offers. */
export async function showMenu(state: SessionState): Promise<void> {
  const entries: Entry[] = [
    { label: '$(search-sparkle) Inspect Selection', command: 'forwardPass.inspectSelection' },
    { label: '$(graph) Document Statistics', command: 'forwardPass.documentStatistics' },
    { label: '$(layout-sidebar-left) Show Panel', command: 'forwardPass.panel.focus' },
    { label: '$(link-external) Open Panel in Editor Tab', command: 'forwardPass.openInTab' },
    { label: '$(export) Export Inspection…', command: 'forwardPass.exportInspection' },
    { label: 'While you read and write', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(paintcan) Toggle Highlights', command: 'forwardPass.toggleHighlights' },
    {
      label: '$(sparkle) Toggle Prediction at Cursor',
      command: 'forwardPass.togglePredictionAtCursor',
    },
    { label: 'Model', kind: vscode.QuickPickItemKind.Separator },
    {
      label: '$(library) Choose Model…',
      description: state.settings.modelName,
      command: 'forwardPass.chooseModel',
    },
    { label: '$(cloud-download) Download Model…', command: 'forwardPass.downloadModel' },
    { label: '$(package) Use the Bundled Model', command: 'forwardPass.useBundledModel' },
    { label: '$(chip) Unload Model', command: 'forwardPass.unloadModel' },
    { label: 'Engine', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(debug-restart) Restart Engine', command: 'forwardPass.restartEngine' },
    { label: '$(output) Show Log', command: 'forwardPass.showLog' },
    {
      label: '$(settings-gear) Open Settings',
      command: 'workbench.action.openSettings',
      arguments: ['forwardPass.'],
    },
  ];
  const chosen = await vscode.window.showQuickPick(entries, {
    title: 'Forward Pass',
    placeHolder: state.error ?? 'What would you like to do?',
  });
  if (chosen?.command !== undefined) {
    await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
  }
}
