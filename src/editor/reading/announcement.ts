import * as vscode from 'vscode';

/**
 * A line in the status bar that screen readers say. VS Code has no call for that: what an extension
 * writes into the status bar is silent, unless its item has the role of an alert, which is said when
 * it appears. So each line is an item of its own.
 */
export class Announcement implements vscode.Disposable {
  private item: vscode.StatusBarItem | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** What is on show, as it was said. */
  get said(): string | null {
    return this.item?.accessibilityInformation?.label ?? null;
  }

  /** @param ms how long it is shown; by default until it is hidden. */
  show(text: string, spoken: string, ms?: number): void {
    this.hide();
    const item = vscode.window.createStatusBarItem(
      'forwardPass.announcement',
      vscode.StatusBarAlignment.Right,
      91,
    );
    item.name = 'Forward Pass: Surprising Token';
    item.text = text;
    item.accessibilityInformation = { label: spoken, role: 'alert' };
    item.show();
    this.item = item;
    if (ms !== undefined) this.timer = setTimeout(() => this.hide(), ms);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.item?.dispose();
    this.item = undefined;
  }

  dispose(): void {
    this.hide();
  }
}
