import { describe, expect, it, vi } from 'vitest';
import type { PanelMessage } from '../../src/protocol/panel';
import { chosenToken } from '../../src/webview/chosenToken';
import { stepHead, stepLayer } from '../../src/webview/headSteps';
import { Host } from '../../src/webview/host';
import { defaultChoices, restoreChoices } from '../../src/webview/state/choices';
import { Loader } from '../../src/webview/state/loader';
import { receiveState } from '../../src/webview/state/shown';
import { PanelStore } from '../../src/webview/state/store';
import { panelState } from './webviewSamples';

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A panel's store with the host's end of the wire in the test's hands. */
function wired(saved?: unknown) {
  const sent: Extract<PanelMessage, { kind: 'request' }>[] = [];
  let kept: unknown = saved;
  const store: PanelStore = new PanelStore(() => host, {
    getState: () => kept,
    setState: (state) => (kept = state),
  });
  const host = new Host(
    (message) => {
      if (message.kind === 'request') sent.push(message);
    },
    { state: (state) => store.receive(state), export: () => undefined },
  );
  const answer = (id: number, result: unknown) => host.receive({ kind: 'result', id, result });
  const asked = (method: string) => sent.filter((message) => message.method === method);
  return { store, host, sent, asked, answer, kept: () => kept };
}

describe('what was chosen for a text or from a vocabulary', () => {
  it('belongs to the text, whichever model reads it, and not to the count of inspections', () => {
    const { store, kept } = wired();
    store.receive(panelState(1, 4, 0));
    const asked = { kind: 'text', text: 'other', source: 'edited text' } as const;
    store.choose({ comparison: { of: store.textKey!, with: asked } });
    store.receive(panelState(2, 4, 0));
    expect(store.comparedWith).toEqual(asked);
    store.receive(panelState(3, 5, 0));
    expect(store.comparedWith).toBeNull();

    // Counting begins anew when the window was reloaded.
    const reloaded = wired(structuredClone(kept())).store;
    reloaded.receive(panelState(1, 5, 0));
    expect(reloaded.comparedWith).toBeNull();
    reloaded.receive(panelState(2, 4, 0));
    expect(reloaded.comparedWith).toEqual(asked);
  });

  it('is asked for by its id in its own vocabulary, and by its text in another', () => {
    const taken = { text: ' Paris', id: 6342, folder: '/gpt2' };
    expect(chosenToken(taken, '/gpt2')).toBe(6342);
    expect(chosenToken(taken, '/llama')).toBe('" Paris"');
    expect(chosenToken({ text: ' Paris', id: 6342 }, '/gpt2')).toBe('" Paris"');
    expect(chosenToken({ text: 'Paris', id: null }, '/gpt2')).toBe('Paris');
    expect(restoreChoices({ attributionTarget: taken }).attributionTarget).toEqual(taken);
  });
});

describe('the wire', () => {
  it('settles each request by its own answer', async () => {
    const { host, sent } = wired();
    const first = host.request('select', { position: 1, reveal: true });
    const second = host.request('ready', null);
    expect(sent.map(({ method }) => method)).toEqual(['select', 'ready']);
    host.receive({ kind: 'result', id: sent[1]!.id, result: 'second' });
    host.receive({ kind: 'result', id: sent[0]!.id, result: 'first' });
    expect(await first).toBe('first');
    expect(await second).toBe('second');
  });

  it('rejects with the sentence of the host', async () => {
    const { host, sent } = wired();
    const request = host.request('ready', null);
    host.receive({ kind: 'failure', id: sent[0]!.id, message: 'The engine stopped.' });
    await expect(request).rejects.toThrow('The engine stopped.');
  });

  it('takes a request back, here at once and at the host', async () => {
    const posted: PanelMessage[] = [];
    const events = { state: () => undefined, export: () => undefined };
    const host = new Host((message) => posted.push(message), events);
    const controller = new AbortController();
    const request = host.request('logits', { run: null as never, position: 1 }, controller.signal);
    controller.abort(new Error('Superseded.'));
    await expect(request).rejects.toThrow('Superseded.');
    expect(posted.map(({ kind }) => kind)).toEqual(['request', 'cancel']);
    const { id } = posted[0] as { id: number };
    host.receive({ kind: 'result', id, result: 'too late' });
    controller.abort();
    expect(posted).toHaveLength(2);
  });

  it('rejects what cannot be posted', async () => {
    const broken = new Host(
      () => {
        throw new Error('could not be cloned');
      },
      { state: () => undefined, export: () => undefined },
    );
    await expect(broken.request('ready', null)).rejects.toThrow('could not be cloned');
  });

  it('is not disturbed by messages that are none of its own', () => {
    const onState = vi.fn();
    const host = new Host(() => undefined, { state: onState, export: () => undefined });
    const strange = [null, 'x', 3, {}, { kind: 'result' }, { kind: 'event', event: 'other' }];
    for (const data of strange) host.receive(data);
    host.receive({ kind: 'result', id: 99, result: null });
    expect(onState).not.toHaveBeenCalled();
    host.receive({ kind: 'event', event: 'state', data: 'state' });
    expect(onState).toHaveBeenCalledWith('state');
  });
});

describe('the store', () => {
  it('shows a chosen token at once and is not thrown back by an older state', async () => {
    const { store, asked, answer } = wired();
    store.receive(panelState(1, 10, 9));
    const first = store.select(3);
    const second = store.select(5);
    expect(store.position).toBe(5);
    store.receive(panelState(1, 10, 3)); // the host's answer to the first choice
    expect(store.position).toBe(5);
    for (const { id } of asked('select')) answer(id, null);
    await Promise.all([first, second]);
    store.receive(panelState(1, 10, 7)); // chosen elsewhere
    expect(store.position).toBe(7);
  });

  it('follows a new inspection even while a choice is under way', () => {
    const { store } = wired();
    store.receive(panelState(1, 10, 9));
    void store.select(3);
    store.receive(panelState(2, 10, 1));
    expect(store.position).toBe(1);
  });

  it('keeps the result of the same inspection, of which every state holds a copy', () => {
    const { store } = wired();
    store.receive(panelState(1, 10, 9));
    const { result } = store;
    const next = panelState(1, 10, 8);
    next.inspection!.revealable = false;
    next.busy = { stage: 'forward', message: 'Block 3 of 12', fraction: 0.25 };
    store.receive(structuredClone(next));
    expect(store.result).toBe(result);
    expect(store.state!.busy!.fraction).toBe(0.25);
    expect(store.state!.inspection!.revealable).toBe(false);
    expect(store.position).toBe(8);
    store.receive(panelState(2, 10, 9));
    expect(store.result).not.toBe(result);
  });

  it('drops an answer that belongs to an older inspection', async () => {
    const { store, asked, answer } = wired();
    store.receive(panelState(1, 3, 2));
    expect(store.logits()).toEqual({ status: 'loading' });
    store.receive(panelState(2, 3, 2));
    expect(store.logits()).toEqual({ status: 'loading' });
    const [old, current] = asked('logits');
    answer(current!.id, Float32Array.of(2));
    await settled();
    answer(old!.id, Float32Array.of(1));
    await settled();
    expect(store.logits()).toEqual({ status: 'ready', value: Float32Array.of(2) });
  });

  it('asks for logits once for each position and for the vocabulary once for each model', async () => {
    const { store, asked, answer } = wired();
    store.receive(panelState(1, 3, 2));
    for (let i = 0; i < 3; i++) {
      store.logits();
      store.vocabulary();
    }
    answer(asked('logits')[0]!.id, Float32Array.of(1));
    answer(asked('vocabulary')[0]!.id, ['a']);
    await settled();
    void store.select(1);
    store.logits();
    answer(asked('logits')[1]!.id, Float32Array.of(2));
    await settled();
    void store.select(2);
    expect(store.logits()).toEqual({ status: 'ready', value: Float32Array.of(1) });
    store.receive(panelState(2, 5, 4));
    expect(store.vocabulary()).toEqual({ status: 'ready', value: ['a'] });
    expect(asked('logits')).toHaveLength(2);
    expect(asked('vocabulary')).toHaveLength(1);
  });

  it('keeps a failure until it is asked to try again', async () => {
    const { store, host, asked } = wired();
    store.receive(panelState(1, 3, 2));
    store.pattern();
    host.receive({ kind: 'failure', id: asked('attention')[0]!.id, message: 'Out of memory.' });
    await settled();
    expect(store.pattern()).toEqual({ status: 'failed', message: 'Out of memory.' });
    expect(asked('attention')).toHaveLength(1);
    store.retry('attention');
    expect(store.pattern()).toEqual({ status: 'loading' });
    expect(asked('attention')).toHaveLength(2);
  });

  it('says what failed when a command fails, and takes it back when one succeeds', async () => {
    const { store, host, asked, answer } = wired();
    void store.command('showLog');
    host.receive({ kind: 'failure', id: asked('command')[0]!.id, message: 'No log.' });
    await settled();
    expect(store.notice).toBe('No log.');
    void store.command('showLog');
    answer(asked('command')[1]!.id, null);
    await settled();
    expect(store.notice).toBeNull();
  });

  it('stays within the layers and heads of the model', () => {
    const { store } = wired({ layer: 11, head: 11 });
    store.receive(panelState(1, 3, 2));
    expect(store.head).toEqual({ layer: 1, head: 2 });
  });

  it('keeps choices where VS Code will find them', () => {
    const { store, kept } = wired();
    store.choose({ coloring: 'rank', folded: ['attention'] });
    expect(restoreChoices(structuredClone(kept()))).toEqual(store.choices);
  });
});

describe('choices', () => {
  it('survive nonsense', () => {
    const nonsense = [undefined, null, 3, 'x', { coloring: 'loud', layer: -1, sampling: [] }];
    for (const saved of nonsense) expect(restoreChoices(saved)).toEqual(defaultChoices);
    const mixed = { sampling: { temperature: 9, topK: 0, topP: 0.5 }, folded: ['a', 3] };
    expect(restoreChoices(mixed)).toEqual({
      ...defaultChoices,
      sampling: { temperature: 1, topK: null, topP: 0.5 },
      folded: ['a'],
    });
  });
});

describe('a loader', () => {
  it('has one request under way and then fetches only the latest wish', async () => {
    const loaded: string[] = [];
    const finish: (() => void)[] = [];
    const loader = new Loader<string>(4, () => undefined);
    const want = (key: string) =>
      loader.get(key, () => {
        loaded.push(key);
        return new Promise((resolve) => finish.push(() => resolve(key)));
      });
    for (const key of ['a', 'b', 'c', 'd']) want(key);
    expect(loaded).toEqual(['a']);
    finish[0]!();
    await settled();
    expect(loaded).toEqual(['a', 'd']);
    finish[1]!();
    await settled();
    expect(want('d')).toEqual({ status: 'ready', value: 'd' });
    expect(loaded).toEqual(['a', 'd']);
  });

  it('keeps the answers that were looked at last', async () => {
    let loads = 0;
    const loader = new Loader<number>(2, () => undefined);
    const want = (key: string) => loader.get(key, () => Promise.resolve(++loads));
    for (const key of ['a', 'b', 'a', 'c']) {
      want(key);
      await settled();
    }
    expect(want('a').status).toBe('ready');
    expect(want('b').status).toBe('loading');
  });
});

describe('a position', () => {
  it('is always that of a token', () => {
    const before = { state: null, position: null };
    expect(receiveState(before, panelState(1, 3, 99), false).position).toBe(2);
    expect(receiveState(before, panelState(1, 3, null), false).position).toBe(2);
    expect(receiveState(before, { ...panelState(1, 3, 1), inspection: null }, false).position).toBe(
      null,
    );
  });
});

describe('steps through heads', () => {
  const counts = { nLayer: 2, nHead: 3 };
  it('go on into the next layer and round', () => {
    expect(stepHead({ layer: 0, head: 2 }, 1, counts)).toEqual({ layer: 1, head: 0 });
    expect(stepHead({ layer: 1, head: 2 }, 1, counts)).toEqual({ layer: 0, head: 0 });
    expect(stepHead({ layer: 0, head: 0 }, -1, counts)).toEqual({ layer: 1, head: 2 });
    expect(stepLayer({ layer: 1, head: 1 }, 1, counts)).toEqual({ layer: 0, head: 1 });
    expect(stepLayer({ layer: 0, head: 1 }, -1, counts)).toEqual({ layer: 1, head: 1 });
  });
});
