import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { configure } from './extension';
import { useTinyModel } from './tinyModel';

// The workbench answers "yes" to every confirmation while it runs a suite.
describe('The tools for assistants', () => {
  const used = useTinyModel();
  const INSPECT = 'forwardPass_inspect_prediction';
  const COMPARE = 'forwardPass_compare_predictions';

  const invoke = async (
    name: string,
    input: object,
    tokenizationOptions?: vscode.LanguageModelToolTokenizationOptions,
    token?: vscode.CancellationToken,
  ) => {
    const options = { input, toolInvocationToken: undefined, tokenizationOptions };
    const { content } = await vscode.lm.invokeTool(name, options, token);
    assert.equal(content.length, 1);
    assert.ok(content[0] instanceof vscode.LanguageModelTextPart);
    return content[0].value;
  };
  const measure = async (...rest: [object, vscode.LanguageModelToolTokenizationOptions?]) =>
    JSON.parse(await invoke(INSPECT, ...rest)) as {
      totals: { tokens: number; bits: number };
      tokens: [number, string, number | null, number | null, number | null][];
      mostSurprising: { index: number; expected: [string, number][] }[];
      next: [string, number][];
      notes: string[];
    };
  const engineSays = (text: string, topK: number) =>
    used.api.engine.request('inspect', {
      model: { folder: used.model.folder, threads: 0 },
      bos: false,
      text,
      topK,
    });
  const close = (actual: number | null, expected: number | null) => {
    if (actual === null || expected === null) assert.equal(actual, expected);
    else assert.ok(Math.abs(actual - expected) < 0.001, `${actual} is not ${expected}`);
  };

  it('are listed, with what a model has to know', () => {
    for (const name of [INSPECT, COMPARE]) {
      const tool = vscode.lm.tools.find((each) => each.name === name);
      assert.ok(tool, `VS Code does not list ${name}`);
      assert.match(tool.description, /surprisal.*Do not use it/);
      assert.ok(tool.tags.includes('surprisal'));
    }
    const { inputSchema } = vscode.lm.tools.find(({ name }) => name === INSPECT)!;
    assert.deepEqual((inputSchema as { required: string[] }).required, ['text']);
  });

  it("measure a text, with the engine's numbers", async () => {
    const text = 'The quick brown fox\njumps over the lazy dog 🌕.';
    const report = await measure({ text, topK: 7 });
    const inspection = await engineSays(text, 7);
    assert.equal(report.tokens.length, inspection.tokens.length);
    for (const [index, token] of inspection.tokens.entries()) {
      const [at, own, bits, rank, entropy] = report.tokens[index]!;
      assert.deepEqual([at, own, rank], [index, token.text, token.rank]);
      close(bits, token.logprob && -token.logprob / Math.LN2);
      close(entropy, token.entropy && token.entropy / Math.LN2);
    }
    close(report.totals.bits, inspection.totals.nats / Math.LN2);
    assert.deepEqual(
      report.next.map(([next]) => next),
      inspection.next.map((next) => next.text),
    );
    report.next.forEach(([, probability], i) => close(probability, inspection.next[i]!.probability)); // prettier-ignore
    for (const { index, expected } of report.mostSurprising) {
      const before = inspection.tokens[index - 1]!.top;
      assert.deepEqual(
        expected.map(([other]) => other),
        before.map((other) => other.text),
      );
    }
  });

  it('read a context without reporting it', async () => {
    const [context, text] = ['The quick brown', ' fox jumps'];
    const report = await measure({ text, context });
    const whole = (await engineSays(context + text, 5)).tokens.slice(-2);
    assert.deepEqual(
      report.tokens.map(([, own]) => own),
      [' fox', ' jumps'],
    );
    report.tokens.forEach(([, , bits], i) => close(bits, -whole[i]!.logprob! / Math.LN2));
    assert.deepEqual(report.notes, []);
  });

  it('say what the model had no room for', async () => {
    const { tokens, notes } = await measure({ text: 'word '.repeat(100) });
    assert.equal(tokens.length, 64);
    assert.match(notes[0]!, /at most 64 tokens at once: the first \d+ of the text's 500 char/);
  });

  it('keep to the budget of who asks', async () => {
    const text = 'The quick brown fox jumps over the lazy dog, and then over the next one.';
    const countTokens = (counted: string) => Promise.resolve(counted.length);
    const all = await measure({ text });
    const budget = { tokenBudget: 1000, countTokens };
    assert.ok((await invoke(INSPECT, { text }, budget)).length <= 1000);
    const { tokens, totals, notes } = await measure({ text }, budget);
    assert.ok(tokens.length > 0 && tokens.length < all.tokens.length);
    assert.deepEqual(totals, all.totals);
    assert.match(notes.join(), new RegExp(`${all.tokens.length - tokens.length} tokens, the least`)); // prettier-ignore
  });

  it('compare two versions', async () => {
    const [before, after] = ['The quick brown fox', 'The quick red fox'];
    const report = JSON.parse(await invoke(COMPARE, { before, after })) as {
      totals: { before: { bits: number }; after: { bits: number }; difference: number };
      changed: { before: string; after: string }[];
      moved: [string, number, number, number][];
    };
    const [a, b] = [await engineSays(before, 1), await engineSays(after, 1)];
    close(report.totals.before.bits, a.totals.nats / Math.LN2);
    close(report.totals.after.bits, b.totals.nats / Math.LN2);
    assert.deepEqual(
      report.changed.map(({ before, after }) => [before, after]),
      [[' brown', ' red']],
    );
    const [fox] = report.moved;
    assert.equal(fox![0], ' fox');
    close(fox![3], (a.tokens[3]!.logprob! - b.tokens[3]!.logprob!) / Math.LN2);
  });

  it('refuse in a sentence what they cannot measure', async () => {
    const refused = (input: object, sentence: RegExp) =>
      assert.rejects(invoke(INSPECT, input), sentence);
    await refused({}, /"text" must be a string.*missing/);
    await refused({ text: 'x', topK: 99 }, /from 1 to 20/);
    await configure('model', '/nowhere/at/all');
    try {
      await refused({ text: 'x' }, /nowhere/);
    } finally {
      await configure('model', used.model.folder);
    }
  });

  it('stop when they are told to', async () => {
    const source = new vscode.CancellationTokenSource();
    const { engine } = used.api;
    const original = engine.request.bind(engine);
    let signal: AbortSignal | undefined;
    // Works until it is told to stop.
    engine.request = (_method, _params, options) =>
      new Promise((_answer, fail) => {
        signal = options!.signal!;
        signal.addEventListener('abort', () => fail(signal!.reason as Error));
        source.cancel();
      });
    try {
      await assert.rejects(invoke(INSPECT, { text: 'The fox' }, undefined, source.token), /Cancel/);
      assert.ok(signal?.aborted);
    } finally {
      engine.request = original;
    }
  });
});
