import type { PanelMessage } from '../protocol/panel';
import './components/panel';
import type { Panel } from './components/panel';
import { Host } from './host';
import { PanelStore, type Memory } from './state/store';

declare function acquireVsCodeApi(): Memory & { postMessage(message: PanelMessage): void };

const vscode = acquireVsCodeApi();
const store: PanelStore = new PanelStore(() => host, vscode);
const host = new Host(
  (message) => vscode.postMessage(message),
  (state) => store.receive(state),
);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => host.receive(data));

// VS Code pads the page for documents; the panel has its own margins.
const page = new CSSStyleSheet();
page.replaceSync('body { padding: 0; }');
document.adoptedStyleSheets.push(page);

const panel: Panel = document.createElement('fp-panel') as Panel;
panel.store = store;
document.body.append(panel);
void store.start();
