import type * as vscode from 'vscode';
import type { EngineConnection } from '../protocol/engine';
import type { PanelEvents, PanelMessage, PanelRequests } from '../protocol/panel';
import type { Disposable, PanelSource } from './panelSource';

type Handlers = {
  [M in keyof PanelRequests]: (
    params: PanelRequests[M]['params'],
  ) => PanelRequests[M]['result'] | Promise<PanelRequests[M]['result']>;
};

/** At most this often is the state sent while it keeps changing. */
const STATE_MS = 40;
/** And this often while a request runs: the result on show goes along with each step of progress. */
const PROGRESS_MS = 200;

/** The host's end of one webview: answers its requests and tells it of each change of the state. */
export class PanelHost implements Disposable {
  private readonly closed = new AbortController();
  private readonly subscriptions: Disposable[];
  private readonly handlers: Handlers;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private lastSent = 0;
  private visible = true;

  constructor(
    private readonly webview: Pick<vscode.Webview, 'onDidReceiveMessage' | 'postMessage'>,
    private readonly source: PanelSource,
    engine: EngineConnection,
    /** The editor column that the webview is in, where it is a tab. */
    column: () => number | undefined,
  ) {
    const options = { signal: this.closed.signal };
    this.handlers = {
      ready: () => source.state,
      attention: (params) => engine.request('attention', params, options),
      logits: (params) => engine.request('logits', params, options),
      vocabulary: (params) => engine.request('vocabulary', params, options),
      select: async ({ position, reveal }) => {
        await source.select(position, reveal, column());
        return null;
      },
      command: async ({ command }) => {
        await source.command(command);
        return null;
      },
    };
    this.subscriptions = [
      webview.onDidReceiveMessage((message: PanelMessage) => void this.receive(message)),
      source.onDidChange(() => this.sendStateSoon()),
    ];
  }

  /** A hidden webview loses what is sent to it: it is told nothing, and everything afterwards. */
  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (visible) this.sendStateSoon();
  }

  dispose(): void {
    this.closed.abort();
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async receive(message: PanelMessage | null | undefined): Promise<void> {
    if (message?.kind !== 'request') return;
    const { id, method, params } = message;
    try {
      if (!Object.hasOwn(this.handlers, method)) throw new Error(`No panel request "${method}".`);
      const handle = this.handlers[method] as (params: unknown) => unknown;
      this.post({ kind: 'result', id, result: await handle(params) });
    } catch (error) {
      // Every request is answered, also this one: the webview would wait for ever.
      this.post({ kind: 'failure', id, message: this.source.explain(error) });
    }
  }

  private sendStateSoon(): void {
    if (!this.visible) return;
    const due = this.lastSent + (this.source.state.busy ? PROGRESS_MS : STATE_MS);
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.sendState(), Math.max(0, due - Date.now()));
  }

  private sendState(): void {
    this.timer = undefined;
    this.lastSent = Date.now();
    if (this.visible) this.event('state', this.source.state);
  }

  private event<E extends keyof PanelEvents>(event: E, data: PanelEvents[E]): void {
    this.post({ kind: 'event', event, data });
  }

  private post(message: PanelMessage): void {
    if (!this.closed.signal.aborted) void this.webview.postMessage(message);
  }
}
