import * as vscode from 'vscode';
import type { InspectionSession } from './inspectionSession';
import { statusDetails, statusText } from './statusText';

/** The status bar item: what the model is doing, and the last result in short. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'forwardPass.status',
    vscode.StatusBarAlignment.Right,
    90,
  );
  private readonly subscription: vscode.Disposable;

  constructor(private readonly session: InspectionSession) {
    this.item.name = 'Forward Pass';
    this.item.command = 'forwardPass.showMenu';
    this.subscription = session.onDidChange(() => this.update());
    this.update();
    this.item.show();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { text, spoken, failed } = statusText(this.session.state);
    this.item.text = text;
    this.item.accessibilityInformation = { label: spoken, role: 'button' };
    this.item.backgroundColor = failed
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.item.tooltip = tooltip(statusDetails(this.session.state));
  }
}

function tooltip(rows: [string, string][]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  if (rows.length === 0) {
    return markdown.appendText('Forward Pass: select text and inspect what a GPT expects.');
  }
  markdown.appendMarkdown('**Forward Pass**\n\n| | |\n|:--|:--|\n');
  for (const [label, value] of rows) {
    markdown.appendMarkdown(`| ${label} | `);
    markdown.appendText(value.replace(/[|\n]/g, ' '));
    markdown.appendMarkdown(' |\n');
  }
  return markdown;
}
