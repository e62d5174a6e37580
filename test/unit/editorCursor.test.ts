import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CursorPredictor,
  type CursorPlace,
  type CursorPredictorContext,
} from '../../src/editor/cursor/cursorPredictor';
import { cursorStatusText, cursorTooltip } from '../../src/editor/cursor/cursorStatusText';
import { endOf, mostCharacters, stableStart } from '../../src/editor/cursor/textBeforeCursor';
import type { EngineConnection } from '../../src/protocol/engine';
import type { CursorPrediction, NextPrediction } from '../../src/protocol/typing';
import { UserError } from '../../src/protocol/userError';
import { inspectionOf } from './editorSamples';

const { model } = inspectionOf(['a']);

function prediction(next: [string, number][], more: Partial<NextPrediction> = {}): NextPrediction {
  return {
    model,
    next: next.map(([text, probability], id) => {
      return { id, text, probability, logprob: Math.log(probability), logit: -id };
    }),
    entropy: 2 * Math.LN2,
    tokens: 12,
    computed: 1,
    from: 0,
    ...more,
  };
}

describe('where the text before the cursor begins', () => {
  const lines = Array.from({ length: 4000 }, (_, i) => `line ${i} of the document`).join('\n');
  const between = (text: string) => (start: number, end: number) => text.slice(start, end);

  it('is the beginning of a document that is not long', () => {
    expect(stableStart(0, between(lines))).toBe(0);
    expect(stableStart(mostCharacters, between(lines))).toBe(0);
  });

  it('is the beginning of a line that stays while half of the limit is typed', () => {
    const starts = new Set<number>();
    const from = mostCharacters + 1;
    for (let offset = from; offset < from + mostCharacters / 2 - 1; offset += 97) {
      const start = stableStart(offset, between(lines));
      expect(lines[start - 1]).toBe('\n');
      expect(offset - start).toBeLessThanOrEqual(mostCharacters);
      expect(offset - start).toBeGreaterThan(mostCharacters / 2 - 1001);
      starts.add(start);
    }
    expect(starts.size).toBe(1);
  });

  it('is that of the line which begins exactly at the place', () => {
    const place = mostCharacters / 2;
    const text = `${'x'.repeat(place - 1)}\n${'y'.repeat(place + 10)}`;
    expect(stableStart(mostCharacters + 5, between(text))).toBe(place);
  });

  it('is a place within a line of megabytes, and never within a character', () => {
    const rocket = '\ud83d\ude80';
    for (const text of [`${rocket.repeat(50_000)}`, `x${rocket.repeat(50_000)}`]) {
      const start = stableStart(90_001, between(text));
      expect(text.slice(start, start + 2)).toBe(rocket);
    }
    expect(stableStart(90_000, between('x'.repeat(100_000)))).toBe(65_536);
  });

  it('shows the end of the text, of whole characters', () => {
    expect(endOf('short')).toBe('short');
    expect(endOf(`\ud83d\ude80${'x'.repeat(79)}`)).toBe('x'.repeat(79));
  });
});

describe('the predictor', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** An engine that answers when it is told to. */
  function setup(more: Partial<CursorPredictorContext> = {}) {
    const asked: { text: string; settle: (error?: Error) => void; signal: AbortSignal }[] = [];
    const described: string[] = [];
    const request = vi.fn((method: string, params: { text: string }, options: never) => {
      if (method === 'describe') {
        described.push(JSON.stringify(params));
        return Promise.resolve(model);
      }
      const { signal } = options as { signal: AbortSignal };
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        const answer = prediction([[` after ${params.text}`, 0.5]]);
        asked.push({
          text: params.text,
          signal,
          settle: (error) => (error ? reject(error) : resolve(answer)),
        });
      });
    });
    const text = { now: 'The' as string | null, source: 'notes.md:1' };
    const place = (): CursorPlace | null =>
      text.now === null
        ? null
        : { text: text.now, source: text.source, nameOf: (at) => (at ? 'line 2' : null) };
    const predictor = new CursorPredictor({
      engine: { request, restart: () => {} },
      parameters: () => ({ model: { folder: '/m', threads: 0 }, topK: 10, bos: false }),
      place,
      explain: (error) => (error as Error).message,
      pauseMs: 100,
      ...more,
    });
    const states: (CursorPrediction | null)[] = [];
    predictor.onDidChange(() => states.push(predictor.state));
    const type = async (value: string | null, ms = 100) => {
      text.now = value;
      predictor.moved();
      await vi.advanceTimersByTimeAsync(ms);
    };
    return { predictor, asked, described, states, type, text };
  }
  const settled = () => vi.advanceTimersByTimeAsync(0);

  it.each([
    [false, true, false],
    [true, false, true],
    ['auto', false, false],
    ['auto', true, true],
  ] as const)(
    'has %s: where the model adds it (%s), asks of nothing: %s',
    async (bos, addsBos, asks) => {
      const engine = {
        restart: () => {},
        request: (method: string) =>
          Promise.resolve(method === 'describe' ? { ...model, addsBos } : prediction([[' a', 1]])),
      };
      const parameters = () => ({ model: { folder: '/m', threads: 0 }, topK: 10, bos });
      const { predictor, type } = setup({ engine: engine, parameters });
      predictor.start();
      await type('');
      await settled();
      if (asks) expect(predictor.state).toMatchObject({ note: null, failed: false });
    else expect(predictor.state).toMatchObject({ note: 'Nothing stands before the cursor.', failed: false }); // prettier-ignore
    },
  );

  it('asks after a pause, once, for the text of then', async () => {
    const { predictor, asked, type } = setup();
    predictor.start();
    for (const value of ['The q', 'The qu', 'The qui']) await type(value, 60);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(40);
    expect(asked.map(({ text }) => text)).toEqual(['The qui']);
    asked[0]!.settle();
    await settled();
    expect(predictor.state).toMatchObject({
      waiting: false,
      note: null,
      shown: { next: [{ text: ' after The qui' }], before: 'The qui', source: 'notes.md:1' },
    });
  });

  it('gives up what was asked for an earlier text, and never shows it', async () => {
    const { predictor, asked, type } = setup();
    predictor.start();
    await type('first');
    await type('second', 50);
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.settle();
    await vi.advanceTimersByTimeAsync(50);
    expect(predictor.state).toMatchObject({ shown: null, waiting: true });
    asked[1]!.settle();
    await settled();
    expect(predictor.state!.shown!.before).toBe('second');
    await type('third', 10);
    // The old one stays in sight, and says that it is old.
    expect(predictor.state).toMatchObject({ waiting: true, shown: { before: 'second' } });
    const wanted = asked.filter(({ signal }) => !signal.aborted);
    expect(wanted.length).toBeLessThanOrEqual(1);
  });

  it('does not ask again for the same text', async () => {
    const { predictor, asked, type } = setup();
    predictor.start();
    await type('The');
    asked[0]!.settle();
    await settled();
    await type('The');
    expect(asked).toHaveLength(1);
    expect(predictor.state).toMatchObject({ waiting: false, shown: { before: 'The' } });
  });

  it('lets a model be loaded however quickly one types', async () => {
    let ready = (_: unknown) => {};
    const loading = new Promise((resolve) => (ready = resolve));
    const asked: string[] = [];
    const request = (method: string, _: unknown, options?: { signal?: unknown }) => {
      asked.push(method);
      if (method === 'describe') expect(options?.signal).toBeUndefined();
      return method === 'describe' ? loading : Promise.resolve(prediction([[' x', 0.5]]));
    };
    const { predictor, type } = setup({
      engine: { request, restart: () => {} } as unknown as EngineConnection,
    });
    predictor.start();
    for (const value of ['a', 'b', 'c']) await type(value);
    expect(asked).toEqual(['describe']);
    ready(model);
    await settled();
    expect(asked).toEqual(['describe', 'predictNext']);
    expect(predictor.state!.shown!.before).toBe('c');
  });

  it('says why there is nothing, without asking', async () => {
    const { predictor, asked, type } = setup();
    predictor.start();
    await type('');
    const nothing = 'Nothing stands before the cursor.';
    expect(predictor.state).toMatchObject({ shown: null, note: nothing, failed: false });
    await type(null);
    expect(predictor.state!.note).toMatch(/Put the cursor into a text/);
    expect(asked).toHaveLength(0);
  });

  it('says what went wrong, and tries again with the next change', async () => {
    const { predictor, asked, described, type } = setup();
    predictor.start();
    await type('The');
    asked[0]!.settle(new UserError('The engine stopped.'));
    await settled();
    expect(predictor.state).toEqual({
      shown: null,
      waiting: false,
      note: 'The engine stopped.',
      failed: true,
    });
    await type('The end');
    expect(described).toHaveLength(2);
    asked[1]!.settle();
    await settled();
    expect(predictor.state).toMatchObject({ failed: false, shown: { before: 'The end' } });
  });

  it('forgets everything when a setting changes, and asks again', async () => {
    const { predictor, asked, type } = setup();
    predictor.start();
    await type('The');
    asked[0]!.settle();
    await settled();
    expect(predictor.subject).toMatchObject({ text: 'The', parameters: { topK: 10 } });
    predictor.reset();
    expect(predictor.state).toMatchObject({ shown: null, waiting: true });
    expect(predictor.subject).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toHaveLength(2);
  });

  it('is silent once it is switched off', async () => {
    const { predictor, asked, states, type } = setup();
    predictor.start();
    await type('The');
    predictor.stop();
    expect(predictor.state).toBeNull();
    const told = states.length;
    asked[0]!.settle();
    await type('The end');
    expect(asked).toHaveLength(1);
    expect(states).toHaveLength(told);
  });
});

describe('the status bar item', () => {
  const answer = prediction([
    [' the', 0.314],
    [' a', 0.081],
    ['\n', 0.004],
    [' fourth', 0.001],
  ]);
  const shown = { ...answer, source: 'notes.md:3', before: 'over', readFrom: 'line 12' };
  const done: CursorPrediction = { shown, waiting: false, note: null, failed: false };

  it('names the three likeliest tokens', () => {
    expect(cursorStatusText(done)).toEqual({
      text: '$(sparkle) ·the 31%   ·a 8%   ⏎ <1%',
      spoken: 'Prediction at the cursor: the 31%, a 8%, line break <1%',
      failed: false,
    });
  });

  it('says that it is reading', () => {
    const { text, spoken } = cursorStatusText({ ...done, waiting: true });
    expect(text).toMatch(/^\$\(ellipsis\) ·the/);
    expect(spoken).toBe('Prediction at the cursor: reading');
    expect(cursorStatusText({ ...done, shown: null, waiting: true }).text).toBe('$(ellipsis)');
    expect(cursorTooltip({ ...done, waiting: true })).toContain('Before the last change');
  });

  it('stays short, whatever the tokens are', () => {
    const long = prediction([
      [' internationalisation', 0.9999],
      ['👩‍👩‍👧‍👦'.repeat(9), 0.00001],
      ['$(sync~spin)', 0.000001],
    ]);
    const { text } = cursorStatusText({ ...done, shown: { ...shown, ...long } });
    expect(text).toMatch(/^\$\(sparkle\) ·internationa… >99%/);
    expect([...text].length).toBeLessThan(60);
    const icon = prediction([['$(sync~spin)', 0.5]]);
    const { text: safe } = cursorStatusText({ ...done, shown: { ...shown, ...icon } });
    expect(safe).not.toContain('$(sync');
  });

  it('says why there is no prediction', () => {
    const empty = { shown: null, waiting: false, note: 'Nothing is there.', failed: false };
    expect(cursorStatusText(empty).spoken).toBe('Prediction at the cursor: Nothing is there.');
    const broken = cursorStatusText({ ...empty, failed: true });
    expect(broken).toMatchObject({ text: '$(warning) At cursor', failed: true });
    expect(cursorTooltip({ ...empty, note: '<b>*x*</b>' })).not.toContain('<b>');
  });

  it('has a tooltip with bars, and says what was read', () => {
    const text = cursorTooltip(done);
    expect(text).toContain('<code>·the</code>');
    expect(text).toContain('31.4%');
    expect(text).toContain('12 tokens read, from line');
    expect(text).toContain('entropy 2.00 bits');
  });
});
