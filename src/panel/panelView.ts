import type * as vscode from 'vscode';
import type { EngineConnection } from '../protocol/engine';
import { PanelHost } from './panelHost';
import { panelHtml, panelOptions } from './panelHtml';
import type { PanelSource } from './panelSource';

/** The panel as a view in the side bar. */
export class PanelView implements vscode.WebviewViewProvider {
  static readonly id = 'forwardPass.panel';
  private view: vscode.WebviewView | undefined;
  private host: PanelHost | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly source: PanelSource,
    private readonly engine: EngineConnection,
  ) {}

  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  exportInspection(): void {
    this.host?.exportInspection();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = panelOptions(this.extensionUri);
    const host = new PanelHost(view.webview, this.source, this.engine, () => undefined);
    this.host = host;
    view.onDidChangeVisibility(() => host.setVisible(view.visible));
    view.onDidDispose(() => {
      host.dispose();
      if (this.view === view) this.view = this.host = undefined;
    });
    view.webview.html = panelHtml(view.webview, this.extensionUri, 'view');
  }
}
