import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SharedRequest } from '../../src/editor/sharedRequest';

describe('SharedRequest', () => {
  let shared: SharedRequest<string>;
  let started: { signal: AbortSignal; answer: (value: string) => void; fail: (e: Error) => void }[];
  const start = (signal: AbortSignal) =>
    new Promise<string>((answer, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason as Error));
      started.push({ signal, answer, fail });
    });
  const ask = (key: string, controller = new AbortController()) => ({
    controller,
    result: shared.ask(key, controller.signal, start),
  });

  beforeEach(() => {
    vi.useFakeTimers();
    shared = new SharedRequest(100);
    started = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('starts once for all who ask the same', async () => {
    const [one, two] = [ask('a'), ask('a')];
    started[0]!.answer('done');
    expect(await Promise.all([one.result, two.result])).toEqual(['done', 'done']);
    expect(await ask('a').result).toBe('done');
    expect(started).toHaveLength(1);
  });

  it('starts again for another key, and aborts the old one', async () => {
    const old = ask('a');
    const rejected = expect(old.result).rejects.toThrow(/abort/);
    const { result } = ask('b');
    expect(started[0]!.signal.aborted).toBe(true);
    started[1]!.answer('b');
    expect(await result).toBe('b');
    await rejected;
  });

  it('aborts when the last asker has gone for longer than the grace', async () => {
    const [one, two] = [ask('a'), ask('a')];
    one.controller.abort();
    await expect(one.result).rejects.toThrow(/abort/);
    await vi.advanceTimersByTimeAsync(500);
    expect(started[0]!.signal.aborted).toBe(false);
    two.controller.abort();
    await expect(two.result).rejects.toThrow(/abort/);
    await vi.advanceTimersByTimeAsync(50);
    expect(started[0]!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(started[0]!.signal.aborted).toBe(true);
  });

  it('goes on when one asks again within the grace', async () => {
    const one = ask('a');
    one.controller.abort();
    await expect(one.result).rejects.toThrow(/abort/);
    const two = ask('a');
    await vi.advanceTimersByTimeAsync(500);
    started[0]!.answer('done');
    expect(await two.result).toBe('done');
    expect(started).toHaveLength(1);
  });

  it('tries again after a failure', async () => {
    const one = ask('a');
    started[0]!.fail(new Error('broken'));
    await expect(one.result).rejects.toThrow('broken');
    const two = ask('a');
    started[1]!.answer('done');
    expect(await two.result).toBe('done');
  });

  it('rejects at once for one who has already gone', async () => {
    const gone = new AbortController();
    gone.abort();
    await expect(ask('a', gone).result).rejects.toThrow(/abort/);
  });
});
