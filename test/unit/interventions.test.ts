import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import type { GptConfig } from '../../src/gpt/config';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { checkEdits } from '../../src/inspection/checkEdits';
import { editedPass } from '../../src/inspection/editedPass';
import type { Edit } from '../../src/protocol/interventions';
import { UserError } from '../../src/protocol/userError';
import {
  meanOverPositions,
  PlainGpt2,
  scaled,
  softmax,
  type Hooks,
  type Matrix,
} from '../fixtures/plainGpt2';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-interventions-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = randomCheckpoint(join(root, 'tiny'), tinyGpt2, 3, 0.4);
const plain = new PlainGpt2(folder);
const { handlers } = new Engine();
const run = { model: { folder, threads: 1 }, ids: [464, 2068, 7586, 21831, 18045, 625, 262] };
const n = run.ids.length;
const position = 5;

const king = plain.tokenVector(5822); // " king"
const queen = plain.tokenVector(16599); // " queen"

/** Each kind of edit, and the same by hooks into the plain implementation. */
const cases: [string, Edit[], Hooks][] = [
  [
    'a head zero-ablated',
    [{ kind: 'ablateHead', layer: 1, head: 1, by: 'zero' }],
    { z: (layer, head, z) => (layer === 1 && head === 1 ? scaled(z, 0) : z) },
  ],
  [
    'two heads mean-ablated',
    [
      { kind: 'ablateHead', layer: 0, head: 0, by: 'mean' },
      { kind: 'ablateHead', layer: 2, head: 1, by: 'mean' },
    ],
    {
      z: (layer, head, z) =>
        (layer === 0 && head === 0) || (layer === 2 && head === 1) ? meanOverPositions(z) : z,
    },
  ],
  [
    'an MLP zero-ablated',
    [{ kind: 'ablateMlp', layer: 2, by: 'zero' }],
    { mlpOut: (layer, x) => (layer === 2 ? scaled(x, 0) : x) },
  ],
  [
    'an MLP mean-ablated',
    [{ kind: 'ablateMlp', layer: 0, by: 'mean' }],
    { mlpOut: (layer, x) => (layer === 0 ? meanOverPositions(x) : x) },
  ],
  [
    'a head scaled',
    [{ kind: 'scaleHead', layer: 1, head: 0, factor: -2.5 }],
    { z: (layer, head, z) => (layer === 1 && head === 0 ? scaled(z, -2.5) : z) },
  ],
  [
    'a whole attention output scaled',
    [{ kind: 'scaleAttention', layer: 1, factor: 3 }],
    { attnOut: (layer, x) => (layer === 1 ? scaled(x, 3) : x) },
  ],
  [
    'a head scaled, then mean-ablated, then scaled',
    [
      { kind: 'scaleHead', layer: 1, head: 0, factor: 3 },
      { kind: 'ablateHead', layer: 1, head: 0, by: 'mean' },
      { kind: 'scaleHead', layer: 1, head: 0, factor: 0.5 },
    ],
    { z: (layer, head, z) => (layer === 1 && head === 0 ? scaled(meanOverPositions(z), 1.5) : z) },
  ],
  ['a row on one token', [row(5, { rule: 'only', key: 2 })], rowHook(5, [0, 0, 1, 0, 0, 0, 0])],
  [
    'a uniform row',
    [row(5, { rule: 'uniform' })],
    rowHook(
      5,
      [1, 1, 1, 1, 1, 1, 0].map((x) => x / 6),
    ),
  ],
  [
    'a row of given weights',
    [row(5, { rule: 'weights', weights: [0.5, 0, 0.125, 0.375, 0, 0] })],
    rowHook(5, [0.5, 0, 0.125, 0.375, 0, 0, 0]),
  ],
  [
    'a row without a token, in a layer that an earlier edit reaches',
    [
      { kind: 'scaleAttention', layer: 0, factor: 4 },
      row(5, { rule: 'without', key: 0 }),
      row(4, { rule: 'uniform' }),
    ],
    {
      attnOut: (layer, x) => (layer === 0 ? scaled(x, 4) : x),
      pattern: (layer, head, rows) =>
        layer !== 1 || head !== 0
          ? rows
          : rows.map((weights, query) => {
              if (query === 4) return weights.map((_, key) => (key <= 4 ? 0.2 : 0));
              if (query !== 5) return weights;
              return weights.map((weight, key) => (key === 0 ? 0 : weight / (1 - weights[0]!)));
            }),
    },
  ],
  [
    'a direction between two tokens, from a position on',
    [
      {
        kind: 'steer',
        layer: 1,
        factor: 1.5,
        from: 3,
        direction: { between: 'tokens', plus: 'king', minus: 'queen' },
      },
    ],
    {
      residPre: (layer, x) =>
        layer !== 1
          ? x
          : x.map((values, at) =>
              at < 3 ? values : values.map((value, d) => value + 1.5 * (king[d]! - queen[d]!)),
            ),
    },
  ],
];

function row(query: number, to: Extract<Edit, { kind: 'setPatternRow' }>['to']): Edit {
  return { kind: 'setPatternRow', layer: 1, head: 0, query, to };
}

function rowHook(query: number, weights: number[]): Hooks {
  return {
    pattern: (layer, head, rows) =>
      layer === 1 && head === 0
        ? rows.map((own, at) => (at === query ? Float64Array.from(weights) : own))
        : rows,
  };
}

const logprobs = (logits: Matrix) => logits.map((values) => softmax(values).map(Math.log));
const before = logprobs(plain.logits(run.ids));
const kl = (p: Float64Array, q: Float64Array) =>
  p.reduce((total, value, id) => total + Math.exp(value) * (value - q[id]!), 0);

describe('intervene', () => {
  it.each(cases)('agrees with plain loops on %s', async (_, edits, hooks) => {
    const after = logprobs(plain.logits(run.ids, hooks));
    const result = await handlers.intervene({ run, edits, topK: 8, position });
    const [was, is] = [before[position]!, after[position]!];
    expect(result.kl).toBeCloseTo(kl(was, is), 5);
    expect(result.kl).toBeGreaterThan(1e-4); // the edit is felt
    const order = (values: Float64Array) =>
      Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
    const change = was.map((value, id) => Math.exp(is[id]!) - Math.exp(value));
    const [byWas, byIs, byChange] = [order(was), order(is), order(change)];
    expect(result.before.map(({ id }) => id)).toEqual(byWas.slice(0, 8));
    expect(result.after.map(({ id }) => id)).toEqual(byIs.slice(0, 8));
    expect(result.up.map(({ id }) => id)).toEqual(byChange.slice(0, 8));
    expect(result.down.map(({ id }) => id)).toEqual(byChange.reverse().slice(0, 8));
    for (const token of [...result.before, ...result.after, ...result.up, ...result.down]) {
      expect(token.logprobBefore).toBeCloseTo(was[token.id]!, 4);
      expect(token.logprobAfter).toBeCloseTo(is[token.id]!, 4);
      expect(token.rankBefore).toBe(byWas.indexOf(token.id) + 1);
      expect(token.rankAfter).toBe(byIs.indexOf(token.id) + 1);
    }

    const along = await handlers.interventionEffect({ run, edits, from: 0, to: n });
    for (let at = 0; at < n; at++) {
      expect(along.kl[at]).toBeCloseTo(kl(before[at]!, after[at]!), 4);
      const next = run.ids[at + 1];
      if (next === undefined) continue;
      expect(along.logprobBefore[at]).toBeCloseTo(before[at]![next]!, 4);
      expect(along.logprobAfter[at]).toBeCloseTo(after[at]![next]!, 4);
    }
    expect([along.logprobBefore[n - 1], along.logprobAfter[n - 1]]).toEqual([NaN, NaN]);
    const chunk = await handlers.interventionEffect({ run, edits, from: 2, to: 4 });
    chunk.kl.forEach((nats, i) => expect(nats).toBeCloseTo(along.kl[2 + i]!, 5));
  });

  it('steers between two prompts, as far as they lie apart at that layer', async () => {
    const [plus, minus] = ['I love this', 'Nothing but hate'];
    const ends = await Promise.all(
      [plus, minus].map(async (text) => {
        const { run: own } = await handlers.tokenize({ model: run.model, text, bos: false });
        let last: Float64Array;
        plain.residual(own.ids, {
          residPre: (layer, x) => {
            if (layer === 2) last = x.at(-1)!;
            return x;
          },
        });
        return last!;
      }),
    );
    const direction = ends[0]!.map((value, d) => value - ends[1]![d]!);
    const hooks: Hooks = {
      residPre: (layer, x) =>
        layer === 2 ? x.map((values) => values.map((v, d) => v - 0.7 * direction[d]!)) : x,
    };
    const after = logprobs(plain.logits(run.ids, hooks))[position]!;
    const between = { between: 'prompts', plus, minus } as const;
    const edits: Edit[] = [{ kind: 'steer', layer: 2, factor: -0.7, from: 0, direction: between }];
    const result = await handlers.intervene({ run, edits, topK: 3, position });
    expect(result.kl).toBeCloseTo(kl(before[position]!, after), 5);
    expect(result.steering).toHaveLength(1);
    expect(result.steering[0]!.edit).toBe(0);
    expect(result.steering[0]!.length).toBeCloseTo(Math.hypot(...direction), 4);
    expect(result.steering[0]!.residPre).toBeGreaterThan(0);
  });

  it('runs again from the first changed block only', async () => {
    const model = await Model.load(folder, 1);
    const residual = await forwardPass(model, run.ids);
    const edit: Edit = { kind: 'ablateHead', layer: 1, head: 0, by: 'zero' };
    const stages: string[] = [];
    const onProgress = ({ message }: { message: string }) => stages.push(message);
    const options = { onProgress };
    const changed = await editedPass(model, residual, [edit], new Map(), options);
    expect(changed.firstLayer).toBe(1);
    expect(changed.residual[0]).toBe(residual[0]);
    expect(changed.residual[1]).toBe(residual[1]);
    expect(changed.residual[2]).not.toEqual(residual[2]);
    expect(stages).toEqual(['Block 2 of 3', 'Block 3 of 3']);
    await model.release();
  });

  it('stops between two blocks when it is cancelled', async () => {
    const cancellation = new AbortController();
    const onProgress = ({ message }: { message: string }) => {
      if (message === 'Block 3 of 3') cancellation.abort();
    };
    const edits: Edit[] = [{ kind: 'ablateMlp', layer: 1, by: 'mean' }];
    await handlers.intervene({ run, edits, topK: 1, position });
    const other: Edit[] = [{ kind: 'ablateMlp', layer: 0, by: 'mean' }];
    const params = { run, edits: other, topK: 1, position };
    const cancelled = handlers.intervene(params, { signal: cancellation.signal, onProgress });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await handlers.intervene(params)).firstLayer).toBe(0);
  });

  it.each<[string, unknown[], RegExp]>([
    ['nothing', [], /nothing to change/],
    ['an unknown edit', [{ kind: 'frobnicate' }], /no edit "frobnicate"/],
    ['no edit', [null], /no edit "undefined"/],
    ['a layer too many', [{ kind: 'ablateMlp', layer: 3, by: 'zero' }], /layers 0 to 2/],
    ['half a layer', [{ kind: 'ablateMlp', layer: 0.5, by: 'zero' }], /no layer 0.5/],
    ['no layer', [{ kind: 'ablateMlp', by: 'zero' }], /no layer undefined/],
    ['a head too many', [{ kind: 'ablateHead', layer: 0, head: 2, by: 'zero' }], /heads 0 to 1/],
    ['an odd ablation', [{ kind: 'ablateMlp', layer: 0, by: 'noise' }], /"zero" or by "mean"/],
    [
      'no number',
      [{ kind: 'scaleHead', layer: 0, head: 0, factor: NaN }],
      /finite number, not NaN/,
    ],
    ['a missing factor', [{ kind: 'scaleAttention', layer: 0 }], /finite number, not undefined/],
    ['a factor too large', [{ kind: 'scaleAttention', layer: 0, factor: 1e308 }], /too large/],
    ['a query too many', [row(n, { rule: 'uniform' })], /no token 7/],
    ['a key ahead', [row(2, { rule: 'only', key: 3 })], /cannot look at token 3/],
    ['too few weights', [row(2, { rule: 'weights', weights: [1] })], /needs 3 weights, not 1/],
    ['weights below 0', [row(1, { rule: 'weights', weights: [-1, 2] })], /from 0 to 1, not -1/],
    ['weights of no sum', [row(1, { rule: 'weights', weights: [0.5, 0.4] })], /sum to 0.9/],
    ['NaN weights', [row(1, { rule: 'weights', weights: [NaN, 1] })], /from 0 to 1, not NaN/],
    ['an odd row', [{ ...row(1, { rule: 'uniform' }), to: { rule: 'x' } }], /not by "x"/],
    ['nothing left', [row(0, { rule: 'without', key: 0 })], /nothing is left/],
    ['no direction', [{ kind: 'steer', layer: 0, factor: 1, from: 0 }], /"plus" and "minus"/],
    ['a position too many', [steer('king', 'queen', { from: 9 })], /no token 9/],
    ['a word of several tokens', [steer('frobnicate', 'queen')], /4 tokens/],
    ['an empty word', [steer('', 'queen')], /empty text/],
    ['the same word twice', [steer('king', 'king')], /no direction between them/],
    ['an empty prompt', [steer('', 'a', { between: 'prompts' })], /prompt to steer by is empty/],
  ])('refuses %s in one sentence', async (_, edits, sentence) => {
    const failure = handlers.intervene({ run, edits: edits as Edit[], topK: 1, position });
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toThrow(sentence);
  });

  it.each<[string, Extract<Edit, { kind: 'setPatternRow' }>['to'], RegExp | null]>([
    ['a key before the window', { rule: 'only', key: 1 }, /token 4 cannot look at token 1: it sees tokens 2 to 4 only/i], // prettier-ignore
    ['a key in the window', { rule: 'only', key: 2 }, null],
    ['weights before the window', { rule: 'weights', weights: [0, 0.5, 0.5, 0, 0] }, /cannot look at token 1/], // prettier-ignore
    ['weights in the window', { rule: 'weights', weights: [0, 0, 0.5, 0.5, 0] }, null],
  ])('knows %s of a layer that has one', (_, to, sentence) => {
    const config = {
      nLayer: 3,
      nHead: 2,
      attentionWindow: [null, 3, null],
    } as unknown as GptConfig;
    const check = () => checkEdits([row(4, to)], config, n);
    if (sentence) expect(check).toThrow(sentence);
    else check();
  });

  it.each([-1, n, 0.5])('refuses position %d', async (at) => {
    const edits: Edit[] = [{ kind: 'ablateMlp', layer: 0, by: 'zero' }];
    const failure = handlers.intervene({ run, edits, topK: 1, position: at });
    await expect(failure).rejects.toBeInstanceOf(UserError);
  });
});

function steer(plus: string, minus: string, change: object = {}): unknown {
  const { between = 'tokens', from = 0 } = change as { between?: string; from?: number };
  return { kind: 'steer', layer: 0, factor: 1, from, direction: { between, plus, minus } };
}
