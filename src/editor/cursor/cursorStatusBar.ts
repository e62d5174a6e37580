import * as vscode from 'vscode';
import type { CursorPrediction } from './cursorPrediction';
import { cursorStatusText, cursorTooltip } from './cursorStatusText';

/**
 * The status bar item of the prediction at the cursor. It stands at the end of the left side, where
 * its changing length moves nothing else.
 */
export class CursorStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'forwardPass.cursor',
    vscode.StatusBarAlignment.Left,
    -1000,
  );
  private readonly subscription: { dispose(): void };

  constructor(private readonly prediction: CursorPrediction) {
    this.item.name = 'Forward Pass: Prediction at Cursor';
    this.item.command = 'forwardPass.inspectSelection';
    this.subscription = prediction.onDidChange(() => this.update());
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { state } = this.prediction;
    if (!state) {
      this.item.hide();
      return;
    }
    const { text, spoken, failed } = cursorStatusText(state);
    this.item.text = text;
    this.item.accessibilityInformation = { label: spoken, role: 'button' };
    this.item.color = state.waiting ? new vscode.ThemeColor('disabledForeground') : undefined;
    this.item.backgroundColor = failed
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    const tooltip = new vscode.MarkdownString(cursorTooltip(state));
    tooltip.supportHtml = true;
    this.item.tooltip = tooltip;
    this.item.show();
  }
}
