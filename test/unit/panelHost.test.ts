import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PanelHost } from '../../src/panel/panelHost';
import type { PanelSource } from '../../src/panel/panelSource';
import type { RequestOptions } from '../../src/protocol/engine';
import type { PanelMessage, PanelState, PanelUpdate } from '../../src/protocol/panel';

const state: PanelState = {
  inspection: null,
  busy: null,
  error: null,
  position: null,
  settings: { topK: 10, modelName: 'GPT-2' },
  compareWish: null,
  document: null,
};

/** A host with a webview that keeps what it is sent, and an engine that answers by the test. */
function setUp() {
  const sent: PanelMessage[] = [];
  const listeners = new Set<() => void>();
  let receive: (message: unknown) => void = () => {};
  const source = {
    state,
    onDidChange: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    select: vi.fn(() => Promise.resolve()),
    command: vi.fn(() => Promise.resolve()),
    chooseFolder: vi.fn(() => Promise.resolve('/models/other')),
    openConfig: vi.fn(() => Promise.resolve('/models/gpt/config.json')),
    exports: {
      chooseExport: vi.fn(() => Promise.resolve(null)),
      saveExport: vi.fn(() => Promise.resolve(true)),
    },
    changes: {} as PanelSource['changes'],
    documents: {
      insertText: vi.fn(() => Promise.resolve()),
      copyText: vi.fn(() => Promise.resolve()),
    },
    report: {
      documentLines: vi.fn(() => Promise.reject(new Error('no lines'))),
      revealLine: vi.fn((_params: { line: number }, _avoid?: number) => null),
      documentReading: vi.fn(() => null),
    },
    explain: (error: unknown) => `Sorry: ${(error as Error).message}`,
  } satisfies PanelSource;
  const request = vi.fn();
  const host = new PanelHost(
    {
      onDidReceiveMessage: (listener: (message: unknown) => void) => {
        receive = listener;
        return { dispose: () => (receive = () => {}) };
      },
      postMessage: (message: PanelMessage) => {
        sent.push(message);
        return Promise.resolve(true);
      },
    },
    source,
    { request, restart: () => {} },
    () => 2,
  );
  const change = () => listeners.forEach((listener) => listener());
  return { host, sent, source, request, change, listeners, receive: (m: unknown) => receive(m) };
}

/** As much of an inspection as the host looks at. */
const inspectionWith = (serial: number) =>
  ({ serial, source: '', revealable: true, result: { tokens: [] } }) as unknown as NonNullable<
    PanelState['inspection']
  >;

describe('PanelHost', () => {
  let panel: ReturnType<typeof setUp>;
  beforeEach(() => {
    vi.useFakeTimers();
    panel = setUp();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const ask = async (method: string, params: unknown, id = 1) => {
    panel.receive({ kind: 'request', id, method, params });
    await vi.advanceTimersByTimeAsync(0);
    return panel.sent.at(-1);
  };

  it('answers that it is ready with the state', async () => {
    expect(await ask('ready', null)).toEqual({ kind: 'result', id: 1, result: state });
  });

  it.each(['attention', 'logits', 'vocabulary'])('passes %s on to the engine', async (method) => {
    panel.request.mockResolvedValue(Float32Array.of(1, 2));
    expect(await ask(method, { position: 3 }, 7)).toEqual({
      kind: 'result',
      id: 7,
      result: Float32Array.of(1, 2),
    });
    expect(panel.request).toHaveBeenCalledWith(method, { position: 3 }, expect.anything());
  });

  it('hands on what is asked of the document on report', async () => {
    expect(await ask('revealLine', { line: 7 })).toMatchObject({ result: null });
    expect(panel.source.report.revealLine).toHaveBeenCalledWith({ line: 7 }, 2);
    await ask('documentReading', { action: 'stop' }, 2);
    expect(panel.source.report.documentReading).toHaveBeenCalledWith({ action: 'stop' }, 2);
    const refused = { kind: 'failure', message: 'Sorry: no lines' };
    expect(await ask('documentLines', null, 3)).toMatchObject(refused);
  });

  it('selects a token, and says which column must stay in view', async () => {
    expect(await ask('select', { position: 3, reveal: true })).toMatchObject({ result: null });
    expect(panel.source.select).toHaveBeenCalledWith(3, true, 2);
  });

  it('asks for a folder', async () => {
    expect(await ask('chooseFolder', null)).toMatchObject({ result: '/models/other' });
  });

  it('runs commands', async () => {
    expect(await ask('command', { command: 'showLog' })).toMatchObject({ result: null });
    expect(panel.source.command).toHaveBeenCalledWith('showLog');
  });

  it('asks for a config.json and answers its path', async () => {
    expect(await ask('openConfig', null)).toMatchObject({ result: '/models/gpt/config.json' });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['throws', () => { throw new Error('broken'); }], // prettier-ignore
  ])('answers also when a handler %s', async (_how, handler) => {
    panel.request.mockImplementation(handler);
    expect(await ask('logits', {}, 4)).toEqual({
      kind: 'failure',
      id: 4,
      message: 'Sorry: broken',
    });
  });

  it.each(['nothing', 'constructor', '__proto__'])('answers a request for %s', async (method) => {
    expect(await ask(method, {}, 5)).toMatchObject({ kind: 'failure', id: 5 });
  });

  it('answers a request without what it needs', async () => {
    expect(await ask('select', null, 6)).toMatchObject({ kind: 'failure', id: 6 });
  });

  it('ignores what is not a request', async () => {
    for (const message of [null, undefined, 7, {}, { kind: 'event' }]) panel.receive(message);
    await vi.advanceTimersByTimeAsync(100);
    expect(panel.sent).toEqual([]);
  });

  it('tells the state once for many changes in a short time', async () => {
    for (let i = 0; i < 50; i++) panel.change();
    await vi.advanceTimersByTimeAsync(0);
    expect(panel.sent).toEqual([{ kind: 'event', event: 'state', data: state }]);
    for (let i = 0; i < 50; i++) panel.change();
    await vi.advanceTimersByTimeAsync(10);
    expect(panel.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(panel.sent).toHaveLength(2);
  });

  it('sends a result once, whatever else changes, and again when it may be lost', async () => {
    const tell = async (inspection: PanelState['inspection']) => {
      panel.source.state = { ...state, inspection };
      panel.change();
      await vi.advanceTimersByTimeAsync(100);
      return (panel.sent.at(-1) as { data: PanelUpdate }).data.inspection?.result;
    };
    const first = inspectionWith(1);
    expect(await tell(first)).toBe(first.result);
    expect(await tell({ ...first, revealable: false })).toBeNull();
    const second = inspectionWith(2);
    expect(await tell(second)).toBe(second.result);
    panel.host.setVisible(false);
    panel.host.setVisible(true);
    expect(await tell(second)).toBe(second.result);
    panel.source.state = { ...state, inspection: inspectionWith(3) };
    await ask('ready', null);
    expect(await tell(inspectionWith(3))).toBeNull();
  });

  it('tells a hidden webview nothing, and the state when it is seen again', async () => {
    panel.host.setVisible(false);
    panel.change();
    await vi.advanceTimersByTimeAsync(100);
    expect(panel.sent).toEqual([]);
    panel.host.setVisible(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(panel.sent).toHaveLength(1);
  });

  it('takes back the one request that the webview cancels', async () => {
    const signals: AbortSignal[] = [];
    panel.request.mockImplementation((_method, _params, { signal }: RequestOptions) => {
      signals.push(signal!);
      return new Promise((_answer, fail) =>
        signal!.addEventListener('abort', () => fail(signal!.reason as Error)),
      );
    });
    await ask('logits', {}, 1);
    await ask('attention', {}, 2);
    panel.receive({ kind: 'cancel', id: 2 });
    panel.receive({ kind: 'cancel', id: 99 });
    await vi.advanceTimersByTimeAsync(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(panel.sent).toEqual([{ kind: 'failure', id: 2, message: 'Cancelled.' }]);
  });

  it('lets the webview export once it listens', async () => {
    const exported = () => panel.sent.filter((m) => m.kind === 'event' && m.event === 'export');
    panel.host.exportInspection();
    expect(exported()).toHaveLength(0);
    await ask('ready', null);
    expect(exported()).toHaveLength(1);
    expect(panel.sent.map(({ kind }) => kind)).toEqual(['result', 'event']); // in this order
    panel.host.exportInspection();
    expect(exported()).toHaveLength(2);
  });

  it('gives up its requests and falls silent when it is closed', async () => {
    let signal: AbortSignal | undefined;
    panel.request.mockImplementation((_method, _params, options: RequestOptions) => {
      signal = options.signal;
      return new Promise((_answer, fail) =>
        signal?.addEventListener('abort', () => fail(signal?.reason as Error)),
      );
    });
    await ask('logits', {});
    panel.change();
    panel.host.dispose();
    expect(signal?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(panel.sent).toEqual([]);
    expect(panel.listeners.size).toBe(0);
  });
});
