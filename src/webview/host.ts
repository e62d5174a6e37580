import type { PanelEvents, PanelMessage, PanelRequests } from '../protocol/panel';

type Method = keyof PanelRequests;

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/**
 * The webview's end of the wire. A request is settled by the host's answer or by its failure; a
 * message that is none of ours is ignored.
 */
export class Host {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  /** `post` sends a message to the host, `listeners` are told of each event that it sends. */
  constructor(
    private readonly post: (message: PanelMessage) => void,
    private readonly listeners: { [E in keyof PanelEvents]: (data: PanelEvents[E]) => void },
  ) {}

  /**
   * Asks the host; rejects with the host's own sentence where it fails, and with the signal's reason
   * as soon as it aborts.
   */
  request<M extends Method>(
    method: M,
    params: PanelRequests[M]['params'],
    signal?: AbortSignal,
  ): Promise<PanelRequests[M]['result']> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => {
        if (!this.take(id)) return;
        this.post({ kind: 'cancel', id });
        reject(signal.reason as Error);
      });
      try {
        this.post({ kind: 'request', id, method, params });
      } catch (error) {
        this.pending.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Takes whatever `window` was told. */
  receive(data: unknown): void {
    if (!isPanelMessage(data)) return;
    switch (data.kind) {
      case 'result':
        this.take(data.id)?.resolve(data.result as never);
        return;
      case 'failure':
        this.take(data.id)?.reject(new Error(data.message));
        return;
      case 'event':
        this.listeners[data.event](data.data as never);
        return;
      case 'request':
      case 'cancel':
        // The host tells, it does not ask.
        return;
    }
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }
}

function isPanelMessage(data: unknown): data is PanelMessage {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
  switch (data.kind) {
    case 'request':
    case 'result':
    case 'failure':
      return 'id' in data && typeof data.id === 'number';
    case 'event':
      return (
        'data' in data && 'event' in data && (data.event === 'state' || data.event === 'export')
      );
    default:
      return false;
  }
}
