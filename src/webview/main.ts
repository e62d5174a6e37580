import './components/panel';
import type { Panel } from './components/panel';
import { exportInspection } from './export/exportSection';
import { readRecording } from './export/recording';
import { Replay } from './export/replay';
import { Host } from './host';
import type { PanelMessage } from '../protocol/panel';
import { PanelStore, type Memory } from './state/store';

type VsCode = Memory & { postMessage(message: PanelMessage): void };
declare function acquireVsCodeApi(): VsCode;

const vscode = document.getElementById('recording') ? replay() : acquireVsCodeApi();
const store: PanelStore = new PanelStore(() => host, vscode);
const host = new Host((message) => vscode.postMessage(message), {
  state: (state) => store.receive(state),
  export: () => void exportInspection(store),
});
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => host.receive(data));

// VS Code pads the page for documents; the panel has its own margins.
const page = new CSSStyleSheet();
page.replaceSync('body { padding: 0; }');
document.adoptedStyleSheets.push(page);

const panel: Panel = document.createElement('fp-panel') as Panel;
panel.store = store;
document.body.append(panel);
void store.start();

/** In a page that was saved, what it holds stands in for VS Code. */
function replay(): VsCode {
  const recording = readRecording(document.getElementById('recording')!.textContent);
  document.documentElement.style.cssText = recording.theme.style;
  document.body.className = recording.theme.className;
  document.title = `${recording.provenance.source} · Forward Pass`;
  const background = new CSSStyleSheet();
  background.replaceSync('body { margin: 0; background: var(--vscode-editor-background); }');
  document.adoptedStyleSheets.push(background);
  return new Replay(recording, (message) => host.receive(message));
}
