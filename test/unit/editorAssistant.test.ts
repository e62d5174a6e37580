import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { compareReport } from '../../src/editor/assistant/compareReport';
import type { MeasuredText } from '../../src/editor/assistant/measuredText';
import { measureReport } from '../../src/editor/assistant/measureReport';
import { fullestWithin, type TokenBudget } from '../../src/editor/assistant/tokenBudget';
import { confirmationMarkdown, escaped } from '../../src/editor/assistant/toolConfirmation';
import {
  readCompareInput,
  readMeasureInput,
  TOOL_CHARACTERS,
  TOOL_TOP_K,
} from '../../src/editor/assistant/toolInput';
import { inspectionOf } from './editorSamples';

/** A text whose tokens have these bits; null for one that nothing was expected of. */
function measured(
  tokens: [string, number | null][],
  { context = '', id = (text: string) => text.length }: { context?: string; id?: (text: string) => number } = {}, // prettier-ignore
): MeasuredText {
  const inspection = inspectionOf(tokens.map(([text]) => text));
  inspection.tokens.forEach((token, index) => {
    const bits = tokens[index]![1];
    token.id = id(token.text);
    token.logprob = bits === null ? null : -bits * Math.LN2;
    token.rank = bits === null ? null : index + 1;
    token.entropy = bits === null ? null : 3 * Math.LN2;
  });
  const whole = tokens.map(([text]) => text).join('');
  return { text: whole.slice(context.length), context, inspection };
}

interface Report {
  model: object;
  totals: Record<string, number | null>;
  tokens: [number, string, number | null, number | null, number | null][];
  mostSurprising: { index: number; text: string; bits: number; expected: [string, number][] }[];
  next?: [string, number][];
  notes: string[];
}

const report = async (text: MeasuredText, budget?: TokenBudget) =>
  JSON.parse(await measureReport(text, budget)) as Report;

/** Counts characters, and remembers what it was asked. */
function budgetOf(tokenBudget: number): TokenBudget & { asked: number[] } {
  const asked: number[] = [];
  return {
    tokenBudget,
    asked,
    countTokens: (text) => {
      asked.push(text.length);
      return Promise.resolve(text.length);
    },
  };
}

describe('The report of a measured text', () => {
  const fox = measured([
    ['The', null],
    [' quick', 6],
    [' fox', 10],
    [' jumps', 2],
  ]);

  it('has every token with its surprisal, rank and entropy in bits', async () => {
    const { model, tokens, totals, next, notes } = await report(fox);
    expect(model).toEqual({ name: 'Test GPT', family: 'gpt2', parameters: 123456, nCtx: 32 });
    expect(tokens).toEqual([
      [0, 'The', null, null, null],
      [1, ' quick', 6, 2, 3],
      [2, ' fox', 10, 3, 3],
      [3, ' jumps', 2, 4, 3],
    ]);
    expect(totals).toEqual({
      tokens: 4,
      bits: 18,
      bitsPerByte: 18 / 16, // " quick fox jumps"
      perplexity: 64, // 2 to the mean of 6, 10 and 2
    });
    expect(next).toEqual([[' next', 0.5]]);
    expect(notes).toEqual([expect.stringMatching(/^The first token has no surprisal.*"context"/)]);
  });

  it('says what was expected in the place of what surprised most', async () => {
    const { mostSurprising } = await report(fox);
    expect(mostSurprising.map(({ index, bits }) => [index, bits])).toEqual([
      [2, 10],
      [1, 6],
      [3, 2],
    ]);
    // What the token before said would come.
    expect(mostSurprising[0]!.expected).toEqual([[' expected1', 0.4]]);
  });

  it('leaves the context out, of the totals too', async () => {
    const text = measured(
      [
        ['Once', null],
        [' upon', 3],
        [' a', 1],
        [' time', 5],
      ],
      { context: 'Once upon' },
    );
    const { tokens, totals, notes, mostSurprising } = await report(text);
    expect(tokens.map(([index, text]) => [index, text])).toEqual([
      [0, ' a'],
      [1, ' time'],
    ]);
    expect(totals).toMatchObject({ tokens: 2, bits: 6, bitsPerByte: 0.857, perplexity: 8 });
    expect(mostSurprising[0]).toMatchObject({
      index: 1,
      text: ' time',
      expected: [[' expected2', 0.4]],
    });
    expect(notes).toEqual([]);
  });

  it('reports a token that begins in the context, and says so', async () => {
    const text = measured(
      [
        ['Hello', null],
        [' world', 4],
      ],
      { context: 'Hello wor' },
    );
    const { tokens, notes } = await report(text);
    expect(tokens.map(([, text]) => text)).toEqual([' world']);
    expect(notes).toEqual([expect.stringContaining('begins in the context')]);
  });

  it('does not report a beginning-of-text token, and then misses no surprisal', async () => {
    const text = measured([
      ['', null],
      ['The', 7],
    ]);
    Object.assign(text.inspection.tokens[0]!, { special: true, text: '<|endoftext|>' });
    const { tokens, notes } = await report(text);
    expect(tokens).toEqual([[0, 'The', 7, 2, 3]]);
    expect(notes).toEqual([]);
  });

  it('says how much of a text that is too long was not read, and what to do', async () => {
    const text = measured([
      ['aaaa', null],
      ['bbbb', 1],
    ]);
    text.text = 'x'.repeat(92) + text.text;
    text.inspection.truncated = { tokens: 23, characters: 92 };
    for (const token of text.inspection.tokens) {
      token.start += 92;
      token.end += 92;
    }
    const { notes } = await report(text);
    expect(notes[0]).toBe(
      'Test GPT reads at most 32 tokens at once: the first 92 of the text\'s 100 characters were not read and are not measured. To measure all, pass pieces of about 4 characters, each with the piece before it as "context".', // prettier-ignore
    );
  });

  it('says how much of the context was not read', async () => {
    const text = measured(
      [
        [' b', null],
        [' c', 2],
      ],
      { context: ' a b' },
    );
    text.text = ' c';
    for (const token of text.inspection.tokens) {
      token.start += 2;
      token.end += 2;
    }
    text.inspection.truncated = { tokens: 1, characters: 2 };
    const { tokens, notes } = await report(text);
    expect(tokens).toEqual([[0, ' c', 2, 2, 3]]);
    expect(notes).toEqual([
      "Test GPT reads at most 32 tokens at once: the first 2 of the context's 4 characters were not read.",
    ]);
  });

  describe('within a budget', () => {
    const many = measured(
      Array.from({ length: 200 }, (_, i) => [` w${i}`, i === 0 ? null : ((i * 37) % 101) / 4 + 0.1]), // prettier-ignore
    );
    const bitsOf = ([, , bits]: Report['tokens'][number]) => bits ?? -1;

    it('is whole where that fits, and asks once', async () => {
      const whole = await measureReport(many, undefined);
      const budget = budgetOf(whole.length);
      expect(await measureReport(many, budget)).toBe(whole);
      expect(budget.asked.length).toBe(1);
    });

    it.each([700, 1500, 3000, 5000])('leaves out the least surprising first (%i)', async (size) => {
      const budget = budgetOf(size);
      const text = await measureReport(many, budget);
      expect(text.length).toBeLessThanOrEqual(size);
      expect(budget.asked.length).toBeLessThan(12);
      const { tokens, totals, notes, next } = JSON.parse(text) as Report;
      const all = await report(many);
      expect(totals).toEqual(all.totals);
      expect(next).toEqual(all.next);
      const indexes = tokens.map(([index]) => index);
      expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
      const least = Math.min(...tokens.map(bitsOf));
      const left = all.tokens.filter(([index]) => !indexes.includes(index));
      expect(Math.max(...left.map(bitsOf))).toBeLessThanOrEqual(least);
      // What is left out is counted and weighed.
      const note = notes.find((each) => each.includes('left out'));
      const [, counted, bits] = /^([\d,]+) tokens, the least surprising \(([\d.]+) bits/.exec(note!)!; // prettier-ignore
      expect(Number(counted)).toBe(left.length);
      expect(Number(bits)).toBeCloseTo(
        left.reduce((sum, row) => sum + (row[2] ?? 0), 0),
        2,
      );
      // One more token would not have fitted.
      const longer = all.tokens.find((row) => bitsOf(row) === Math.max(...left.map(bitsOf)))!;
      expect(text.length + JSON.stringify(longer).length + 1).toBeGreaterThan(size - 10);
    });

    it('ends with the totals, and says that what comes next is missing', async () => {
      const { tokens, totals, next, notes } = await report(many, budgetOf(10));
      expect(tokens).toEqual([]);
      expect(totals['tokens']).toBe(200);
      expect(next).toBeUndefined();
      expect(notes.join()).toMatch(/200 tokens.*next-token distribution was left out/);
    });
  });
});

describe('fullestWithin', () => {
  it('finds the fullest version that fits, for every budget', async () => {
    const write = (fullness: number) => 'x'.repeat(3 + fullness * 2);
    for (let size = 0; size < 40; size++) {
      const found = await fullestWithin(15, write, budgetOf(size));
      expect(found.length).toBe(Math.max(3, Math.min(33, size - ((size - 3) % 2))));
    }
  });

  it('is not misled by a budget that is no number', async () => {
    expect(await fullestWithin(5, String, budgetOf(Number.NaN))).toBe('5');
  });
});

describe('The report of a comparison', () => {
  const id = (text: string) => [...text].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7) % 9973;
  const before = measured(
    [
      ['The', null],
      [' cat', 8],
      [' sat', 4],
      ['.', 1],
    ],
    { id },
  );
  const after = measured(
    [
      ['The', null],
      [' old', 5],
      [' cat', 9.5],
      [' sat', 3],
      ['.', 1],
    ],
    { id },
  );

  it('has totals, what was changed, and what moved, most first', async () => {
    const text = JSON.parse(await compareReport(before, after, undefined)) as object;
    expect(text).toMatchObject({
      totals: {
        before: { tokens: 4, bits: 13 },
        after: { tokens: 5, bits: 18.5 },
        difference: 5.5,
      },
      changed: [{ before: '', after: ' old', bitsBefore: 0, bitsAfter: 5 }],
      moved: [
        [' cat', 8, 9.5, 1.5],
        [' sat', 4, 3, -1],
      ],
    });
  });

  it('leaves out the smallest differences first, and says how many', async () => {
    const words = Array.from({ length: 30 }, (_, i): [string, number] => [` word${i}`, 5]);
    const moved = words.map(([text, bits], i): [string, number] => [text, bits + (i + 1) / 8]);
    const [a, b] = [measured([[' a', 9], ...words], { id }), measured([[' b', 1], ...moved], { id })]; // prettier-ignore
    interface Compared {
      changed: { before: string; after: string }[];
      moved: [string, number, number, number][];
      notes: string[];
    }
    const compared = async (budget?: TokenBudget) =>
      JSON.parse(await compareReport(a, b, budget)) as Compared;

    const whole = await compared();
    expect(whole.moved.length).toBe(20);
    expect(whole.moved[0]).toEqual([' word29', 5, 8.75, 3.75]);
    expect(whole.notes).toEqual([
      expect.stringMatching(/^10 more tokens.*moved by at most 1.25 bits each/),
    ]);
    const half = await compared(budgetOf(900));
    expect(half.changed).toMatchObject([{ before: ' a', after: ' b' }]);
    expect(half.moved).toEqual(whole.moved.slice(0, half.moved.length));
    expect(half.moved.length).toBeGreaterThan(3);
    const left = 30 - half.moved.length;
    const most = (left / 8).toString();
    expect(half.notes).toEqual([
      expect.stringMatching(new RegExp(`^${left} more tokens.*at most ${most} bits each`)),
    ]);
    const least = await compared(budgetOf(0));
    expect(least).toMatchObject({ changed: [], moved: [], totals: {} });
    expect(least.notes[0]).toMatch(/^1 more changed stretches differ by at most 8 bits/);
  });

  it('says of which text a note speaks', async () => {
    const { notes } = JSON.parse(await compareReport(before, after, undefined)) as {
      notes: string[];
    };
    expect(notes).toEqual([
      expect.stringMatching(/^In "before": The first token/),
      expect.stringMatching(/^In "after": The first token/),
    ]);
  });
});

describe('What an assistant passes', () => {
  it('is a text, with a context and a number of alternatives if it likes', () => {
    expect(readMeasureInput({ text: ' x' })).toEqual({ text: ' x', context: '', topK: 5 });
    expect(readMeasureInput({ text: 'x', context: 'c', topK: 20 })).toEqual({
      text: 'x',
      context: 'c',
      topK: 20,
    });
    expect(readMeasureInput({ text: 'x', context: null, topK: null })).toMatchObject({ topK: 5 });
    expect(readCompareInput({ before: 'a', after: 'b' })).toEqual({
      before: 'a',
      after: 'b',
      context: '',
    });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /must be an object/],
    [['text'], /must be an object/],
    [{}, /"text" must be a string.*but is missing/],
    [{ text: '' }, /"text" is empty: pass/],
    [{ text: 7 }, /but is a number/],
    [{ text: ['x'] }, /but is an array/],
    [{ text: 'x', context: {} }, /"context" must be a string or left out, but is an object/],
    [{ text: 'x', topK: 0 }, /from 1 to 20.*but is 0/],
    [{ text: 'x', topK: 2.5 }, /but is 2.5/],
    [{ text: 'x', topK: '5' }, /but is a string/],
    [{ text: 'x', top_k: 5 }, /no input "top_k": this tool takes "text", "context" and "topK"/],
    [{ text: 'x'.repeat(TOOL_CHARACTERS + 1) }, /"text" has 100,001 characters.*at most 100,000/],
    [{ text: 'x', context: 'x'.repeat(TOOL_CHARACTERS) }, /together have 100,001/],
  ])('is refused in a sentence where it makes no sense (%#)', (input, sentence) => {
    expect(() => readMeasureInput(input)).toThrow(sentence);
    expect(() => readMeasureInput(input)).toThrow(
      expect.objectContaining({ name: 'UserError' }) as Error,
    );
  });

  it('is refused for a comparison with one text', () => {
    expect(() => readCompareInput({ before: 'x' })).toThrow(/"after" must be a string/);
  });

  it('has the bounds that package.json declares', () => {
    const [inspect, compare] = packageJson.contributes.languageModelTools;
    const { text, topK } = inspect!.inputSchema.properties;
    expect(text!.maxLength).toBe(TOOL_CHARACTERS);
    expect([topK!.minimum, topK!.maximum, topK!.default]).toEqual(Object.values(TOOL_TOP_K));
    expect(Object.keys(compare!.inputSchema.properties)).toEqual(['before', 'after', 'context']);
  });
});

describe('The confirmation', () => {
  const ask = (text: string) => confirmationMarkdown([{ label: 'Text', text }], 'my_model');

  it('shows the beginning of the text, how long it is, and who reads it', () => {
    expect(ask('The quick brown fox')).toBe(
      'Text (19 characters):\n\n“The quick brown fox”\n\n' +
        'Read on this machine only, by the model: my\\_model. The assistant gets the result.',
    );
    const long = ask('word '.repeat(500));
    expect(long).toContain('2,500 characters');
    expect(long).toMatch(/word\s…”/);
    expect(long.length).toBeLessThan(400);
  });

  it('keeps some lines, and cuts no character in half', () => {
    expect(ask('a\nb\r\nc')).toContain('“a  \nb  \nc”');
    expect(ask('1\n2\n3\n4\n5\n6\n7')).toContain('5  \n6…”');
    expect(ask('🌕'.repeat(300))).toMatch(/“(🌕)+…”/u);
  });

  it('lets nothing of the text become markup', () => {
    const evil = '<img src=x> [a](command:evil) **b** `c` $(bug) &lt; http://a.b\n# h\n1. x\n> q';
    const shown = /“([^]*)”/.exec(ask(evil))![1]!;
    // Nothing is left bare once what is escaped is taken away.
    expect(shown.replace(/\\[!-/:-@[-`{-~]|&(?:lt|gt|amp);/g, '')).toMatch(/^[a-z0-9\s]*$/);
    expect(shown).toContain('&amp;lt\\;');
    expect(escaped('<&>_')).toBe('&lt;&amp;&gt;\\_');
    expect(escaped('    code')).toBe('\u00a0\u00a0\u00a0 code');
  });
});
