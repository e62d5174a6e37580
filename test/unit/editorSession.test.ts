import { beforeEach, describe, expect, it } from 'vitest';
import { InspectionSession, type Subject } from '../../src/editor/inspectionSession';
import { TextAnchor } from '../../src/editor/textAnchor';
import type { EngineConnection, InspectParams, RequestOptions } from '../../src/protocol/engine';
import type { Inspection } from '../../src/protocol/inspection';
import { UserError } from '../../src/protocol/userError';
import { inspectionOf } from './editorSamples';

interface Asked {
  params: InspectParams;
  options: RequestOptions;
  answer: (inspection: Inspection) => void;
  fail: (error: unknown) => void;
}

/** An engine whose answers the test gives, in the order that it likes. */
class FakeEngine {
  readonly asked: Asked[] = [];

  readonly request = ((_method: string, params: InspectParams, options: RequestOptions = {}) =>
    new Promise<Inspection>((answer, fail) => {
      options.signal?.addEventListener('abort', () => fail(options.signal?.reason as Error));
      this.asked.push({ params, options, answer, fail });
    })) as unknown as EngineConnection['request'];

  restart(): void {}
}

const subject = (text: string): Subject => ({
  text,
  source: `${text}.md:1`,
  anchor: new TextAnchor(`file:///${text}.md`, 0, text),
});

describe('InspectionSession', () => {
  let engine: FakeEngine;
  let session: InspectionSession;
  let topK: number;
  let folder: string;
  let logged: string[];

  beforeEach(() => {
    engine = new FakeEngine();
    topK = 10;
    folder = '/model';
    logged = [];
    session = new InspectionSession({
      engine,
      parameters: () => {
        if (topK === 0) throw new UserError('The setting is wrong.');
        return { model: { folder, threads: 0 }, topK, bos: false };
      },
      modelLabel: () => 'bundled model',
      log: (line) => logged.push(line),
      explain: (error) => (error instanceof UserError ? error.message : 'unexpected'),
    });
  });

  /** Inspects and answers at once. */
  async function inspected(of: Subject, tokens = ['a', 'b', 'c']) {
    const outcome = session.inspect(of);
    engine.asked.at(-1)!.answer(inspectionOf(tokens));
    return outcome;
  }

  it('hands a text to compare with on, each wish under a number of its own', () => {
    session.compareWith({ text: 'one', source: 'a.md:1' });
    expect(session.state.compareWish).toEqual({ serial: 1, text: 'one', source: 'a.md:1' });
    session.compareWith({ text: 'two', source: 'a.md:2' });
    expect(session.state.compareWish?.serial).toBe(2);
  });

  it('is empty at first', () => {
    expect(session.state).toEqual({
      inspection: null,
      busy: null,
      error: null,
      position: null,
      settings: { topK: 0, modelName: 'bundled model' },
      compareWish: null,
    });
  });

  it('shows the result, at its last token', async () => {
    expect(await inspected(subject('one'))).toBe('done');
    expect(session.state).toMatchObject({
      inspection: { serial: 1, source: 'one.md:1', revealable: true },
      busy: null,
      position: 2,
      settings: { topK: 10, modelName: 'Test GPT' },
    });
    expect(logged).toEqual([
      'Inspected one.md:1 with Test GPT: 3 tokens, loaded in 10 ms, run in 5 ms.',
    ]);
  });

  it('tells how far it is', async () => {
    const seen: (number | null | undefined)[] = [];
    session.onDidChange(() => seen.push(session.state.busy?.fraction));
    const outcome = session.inspect(subject('one'));
    const { options, answer } = engine.asked[0]!;
    options.onProgress?.({ stage: 'loading', message: 'Loading', fraction: 0.5 });
    answer(inspectionOf(['a']));
    await outcome;
    expect(seen).toEqual([null, 0.5, undefined]);
  });

  it('keeps the last result on show after a failure, and says the sentence', async () => {
    await inspected(subject('one'));
    const outcome = session.inspect(subject('two'));
    engine.asked[1]!.fail(new UserError('The engine stopped.'));
    expect(await outcome).toBe('failed');
    expect(session.state).toMatchObject({
      inspection: { serial: 1, source: 'one.md:1' },
      error: 'The engine stopped.',
      busy: null,
    });
    await inspected(subject('three'));
    expect(session.state.error).toBeNull();
  });

  it('fails without asking the engine where the settings are wrong', async () => {
    topK = 0;
    expect(await session.inspect(subject('one'))).toBe('failed');
    expect(session.state.error).toBe('The setting is wrong.');
    expect(engine.asked).toHaveLength(0);
  });

  it('cancels silently', async () => {
    await inspected(subject('one'));
    const outcome = session.inspect(subject('two'));
    session.cancel();
    expect(await outcome).toBe('cancelled');
    expect(session.state).toMatchObject({ error: null, busy: null, inspection: { serial: 1 } });
  });

  it('lets a new request supersede the one under way', async () => {
    const first = session.inspect(subject('one'));
    const second = session.inspect(subject('two'));
    expect(engine.asked[0]!.options.signal?.aborted).toBe(true);
    expect(await first).toBe('cancelled');
    // The end of the first does not look like the end of the second.
    expect(session.state.busy).not.toBeNull();
    engine.asked[0]!.options.onProgress?.({ stage: 'loading', message: 'old', fraction: 0.9 });
    expect(session.state.busy?.message).not.toBe('old');
    engine.asked[1]!.answer(inspectionOf(['x']));
    expect(await second).toBe('done');
    expect(session.state.inspection).toMatchObject({ serial: 1, source: 'two.md:1' });
  });

  it('drops an answer that comes in spite of its cancellation', async () => {
    const late: { answer?: (inspection: Inspection) => void } = {};
    const stubborn = new InspectionSession({
      engine: {
        request: (() =>
          new Promise((answer) => (late.answer = answer))) as unknown as FakeEngine['request'],
        restart: () => {},
      },
      parameters: () => ({ model: { folder: '/model', threads: 0 }, topK: 1, bos: false }),
      modelLabel: () => '',
      log: () => {},
      explain: () => '',
    });
    const outcome = stubborn.inspect(subject('one'));
    stubborn.cancel();
    late.answer?.(inspectionOf(['a']));
    expect(await outcome).toBe('cancelled');
    expect(stubborn.state.inspection).toBeNull();
  });

  it('selects tokens that exist, and no others', async () => {
    await inspected(subject('one'));
    session.select(0);
    for (const wrong of [-1, 3, 0.5, Number.NaN]) session.select(wrong);
    expect(session.state.position).toBe(0);
  });

  it('calls the model of the setting by its name where it has answered, else by its place', async () => {
    expect(session.state.settings.modelName).toBe('bundled model');
    await inspected(subject('one'));
    expect(session.state.settings.modelName).toBe('Test GPT');
    folder = '/other';
    expect(session.state.settings.modelName).toBe('bundled model');
    topK = 0;
    expect(session.state.settings.modelName).toBe('bundled model');
  });

  it('repeats with the settings of now, and keeps the position', async () => {
    await inspected(subject('one'));
    session.select(1);
    topK = 20;
    const repeated = session.repeat();
    expect(engine.asked[1]!.params).toMatchObject({ text: 'one', topK: 20 });
    engine.asked[1]!.answer(inspectionOf(['a', 'b', 'c']));
    await repeated;
    expect(session.state).toMatchObject({ position: 1, inspection: { serial: 2 } });
  });

  it('stays at the place in the text where the repeated one has other tokens', async () => {
    const repeatedAs = async (tokens: string[]) => {
      const repeated = session.repeat();
      engine.asked.at(-1)!.answer(inspectionOf(tokens));
      await repeated;
      return session.state.position;
    };
    await inspected(subject('one'), ['a', 'b', 'c', 'd', 'e']);
    session.select(1);
    expect(await repeatedAs(['ab', 'c', 'd', 'e'])).toBe(0);
    session.select(2);
    expect(await repeatedAs(['a', 'bc', 'd', 'e'])).toBe(2);
    expect(await repeatedAs(['a', 'bcd', 'e'])).toBe(1);
    expect(await repeatedAs(['a', 'b'])).toBe(1);
  });

  it('goes to the last token of another text', async () => {
    await inspected(subject('one'));
    session.select(0);
    await inspected(subject('two'), ['x', 'y']);
    expect(session.state.position).toBe(1);
  });

  it('repeats what failed, with what it failed for mended', async () => {
    await inspected(subject('one'));
    const failing = session.inspect(subject('two'));
    engine.asked.at(-1)!.fail(new UserError('There is no such model.'));
    expect(await failing).toBe('failed');
    expect(session.state.inspection?.source).toBe('one.md:1');
    expect(session.anchors.map(({ uri }) => uri)).toContain('file:///two.md');
    session.dismissError();
    expect(session.state.error).toBeNull();
    const repeated = session.repeat();
    expect(engine.asked.at(-1)!.params.text).toBe('two');
    engine.asked.at(-1)!.answer(inspectionOf(['x', 'y']));
    await repeated;
    expect(session.state).toMatchObject({ error: null, inspection: { source: 'two.md:1' } });
    const again = session.repeat();
    expect(engine.asked.at(-1)!.params.text).toBe('two');
    engine.asked.at(-1)!.answer(inspectionOf(['x', 'y']));
    await again;
  });

  it('has nothing to repeat at first', async () => {
    await session.repeat();
    expect(engine.asked).toHaveLength(0);
  });

  it('says when the text was edited', async () => {
    const edited = subject('one');
    await inspected(edited);
    edited.anchor.follow([{ rangeOffset: 1, rangeLength: 0, text: 'x' }], () => 'oxne');
    expect(session.state.inspection?.revealable).toBe(false);
  });

  it('follows the text under way through edits too', async () => {
    const shown = subject('one');
    await inspected(shown);
    const next = subject('two');
    const outcome = session.inspect(next);
    expect(session.anchors).toEqual([shown.anchor, next.anchor]);
    session.cancel();
    await outcome;
    expect(session.anchors).toEqual([shown.anchor]);
  });
});
