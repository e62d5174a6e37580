import * as vscode from 'vscode';
import type { EngineConnection } from '../protocol/engine';
import { PanelHost } from './panelHost';
import { panelHtml, panelOptions } from './panelHtml';
import type { PanelSource } from './panelSource';

/** The panel as an editor tab: at most one, which comes back after VS Code was restarted. */
export class PanelTab implements vscode.WebviewPanelSerializer, vscode.Disposable {
  static readonly viewType = 'forwardPass.tab';
  private panel: vscode.WebviewPanel | undefined;
  private host: PanelHost | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly source: PanelSource,
    private readonly engine: EngineConnection,
  ) {}

  get visible(): boolean {
    return this.panel?.visible ?? false;
  }

  exportInspection(): void {
    this.host?.exportInspection();
  }

  /** Shows the tab, beside the text at first and where it was put afterwards. */
  open(): void {
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    this.adopt(
      vscode.window.createWebviewPanel(
        PanelTab.viewType,
        'Prediction',
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        panelOptions(this.extensionUri),
      ),
    );
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = panelOptions(this.extensionUri);
    this.panel?.dispose();
    this.adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extensionUri, 'media', 'tab-light.svg'),
      dark: vscode.Uri.joinPath(this.extensionUri, 'media', 'tab-dark.svg'),
    };
    const host = new PanelHost(panel.webview, this.source, this.engine, () => panel.viewColumn);
    this.host = host;
    panel.onDidChangeViewState(() => host.setVisible(panel.visible));
    panel.onDidDispose(() => {
      host.dispose();
      if (this.panel === panel) this.panel = this.host = undefined;
    });
    panel.webview.html = panelHtml(panel.webview, this.extensionUri, 'tab');
  }
}
