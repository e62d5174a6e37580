import type * as vscode from 'vscode';
import type { EngineConnection } from '../protocol/engine';
import {
  engineQuestions,
  type EngineQuestion,
  type PanelEvents,
  type PanelMessage,
  type PanelRequests,
  type PanelUpdate,
} from '../protocol/panel';
import type { Disposable, PanelSource } from './panelSource';

/** What the host answers itself. */
type Handlers = {
  [M in Exclude<keyof PanelRequests, EngineQuestion>]: (
    params: PanelRequests[M]['params'],
  ) => PanelRequests[M]['result'] | Promise<PanelRequests[M]['result']>;
};

/** At most this often is the state sent while it keeps changing. */
const STATE_MS = 40;

/** The host's end of one webview: answers its requests and tells it of each change of the state. */
export class PanelHost implements Disposable {
  private closed = false;
  /** Of each request of the webview that is not answered yet. */
  private readonly underWay = new Map<number, AbortController>();
  private readonly subscriptions: Disposable[];
  private readonly handlers: Handlers;
  private timer: NodeJS.Timeout | undefined;
  private lastSent = 0;
  private visible = true;
  /** The webview has been told the state. */
  private listening = false;
  private exportWanted = false;
  /** Of the result that the webview has. */
  private sentSerial: number | undefined;

  constructor(
    private readonly webview: Pick<vscode.Webview, 'onDidReceiveMessage' | 'postMessage'>,
    private readonly source: PanelSource,
    private readonly engine: EngineConnection,
    /** The editor column that the webview is in, where it is a tab. */
    column: () => number | undefined,
  ) {
    this.handlers = {
      ready: () => {
        const { state } = source;
        this.sentSerial = state.inspection?.serial;
        return state;
      },
      select: async ({ position, reveal }) => {
        await source.select(position, reveal, column());
        return null;
      },
      chooseFolder: () => source.chooseFolder(),
      chooseExport: (params) => source.exports.chooseExport(params),
      saveExport: (params) => source.exports.saveExport(params),
      openConfig: () => source.openConfig(),
      insertText: async (params) => {
        await source.documents.insertText(params);
        return null;
      },
      copyText: async (params) => {
        await source.documents.copyText(params);
        return null;
      },
      documentLines: (params) => source.report.documentLines(params, column()),
      revealLine: (params) => source.report.revealLine(params, column()),
      documentReading: (params) => source.report.documentReading(params, column()),
      ...source.changes,
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
    this.sentSerial = undefined;
    if (visible) this.sendStateSoon();
  }

  /** Lets the webview export what it shows; one that is still being loaded does it then. */
  exportInspection(): void {
    this.exportWanted = !this.listening;
    if (this.listening) this.event('export', null);
  }

  dispose(): void {
    this.closed = true;
    for (const cancellation of this.underWay.values()) cancellation.abort();
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async receive(message: PanelMessage | null | undefined): Promise<void> {
    if (message?.kind === 'cancel') this.underWay.get(message.id)?.abort();
    if (message?.kind !== 'request') return;
    const { id, method, params } = message;
    const cancellation = new AbortController();
    this.underWay.set(id, cancellation);
    try {
      const result = await this.answer(method, params, cancellation.signal);
      this.post({ kind: 'result', id, result });
      if (method === 'ready') this.startListening();
    } catch (error) {
      // Every request is answered, also this one: the webview would wait for ever.
      const message = cancellation.signal.aborted ? 'Cancelled.' : this.source.explain(error);
      this.post({ kind: 'failure', id, message });
    } finally {
      this.underWay.delete(id);
    }
  }

  /** From the first state on, what the webview is told arrives and means something to it. */
  private startListening(): void {
    this.listening = true;
    if (this.exportWanted) this.exportInspection();
  }

  private async answer(method: keyof PanelRequests, params: unknown, signal: AbortSignal) {
    if (isEngineQuestion(method)) return this.engine.request(method, params as never, { signal });
    if (!Object.hasOwn(this.handlers, method)) throw new Error(`No panel request "${method}".`);
    return (this.handlers[method] as (params: unknown) => unknown)(params);
  }

  private sendStateSoon(): void {
    if (!this.visible || this.timer) return;
    const wait = Math.max(0, this.lastSent + STATE_MS - Date.now());
    this.timer = setTimeout(() => this.sendState(), wait);
  }

  private sendState(): void {
    this.timer = undefined;
    this.lastSent = Date.now();
    if (this.visible) this.event('state', this.update());
  }

  private update(): PanelUpdate {
    const { inspection, ...rest } = this.source.state;
    const known = inspection?.serial === this.sentSerial;
    this.sentSerial = inspection?.serial;
    return {
      ...rest,
      inspection: inspection && known ? { ...inspection, result: null } : inspection,
    };
  }

  private event<E extends keyof PanelEvents>(event: E, data: PanelEvents[E]): void {
    this.post({ kind: 'event', event, data });
  }

  private post(message: PanelMessage): void {
    if (!this.closed) void this.webview.postMessage(message);
  }
}

function isEngineQuestion(method: string): method is EngineQuestion {
  return engineQuestions.some((question) => question === method);
}
