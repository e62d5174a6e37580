import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const cli = join(__dirname, '../../dist/cli.js');
if (!existsSync(cli)) throw new Error('Build first: npm run build');

const root = mkdtempSync(join(tmpdir(), 'forward-pass-cli-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = ['--model', randomCheckpoint(join(root, 'tiny'), tinyGpt2)];

function run(args: string[], options: { input?: string; uid?: number } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    input: '',
    ...options,
  });
  return { status, stdout, stderr };
}

function json<T>(args: string[], options: { input?: string } = {}): T {
  const { status, stdout, stderr } = run(args, options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** The same keys, in the same order, at every depth; lists by their first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shape(value[0])] : [];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

describe('inspect', () => {
  it('puts the beginning-of-text token in front on demand, and takes special tokens for such', () => {
    const ids = (...args: string[]) =>
      json<{ tokens: { id: number }[] }>([
        'inspect',
        ...model,
        '--text',
        'a<|endoftext|>',
        ...args,
      ]).tokens.map(({ id }) => id);
    const plain = ids();
    expect(plain.length).toBeGreaterThan(3);
    expect(ids('--no-bos')).toEqual(plain);
    expect(ids('--bos')).toEqual([50256, ...plain]);
    expect(ids('--special-tokens')).toEqual([64, 50256]);
    const both = run(['inspect', ...model, '--text', 'a', '--bos', '--no-bos']);
    expect(both.status).toBe(2);
    expect(both.stderr).toMatch(/^Give either --bos or --no-bos, not both/);
  });

  it('prints the contract', () => {
    const result = json(['inspect', ...model, '--bos', '--text', 'The quick brown']);
    expect(shape(result)).toEqual({
      model: {
        name: 'string',
        family: 'string',
        nLayer: 'number',
        nHead: 'number',
        nEmbd: 'number',
        nCtx: 'number',
        vocabSize: 'number',
        parameters: 'number',
      },
      tokens: [
        {
          index: 'number',
          id: 'number',
          text: 'string',
          bytes: [],
          start: 'number',
          end: 'number',
          special: 'boolean',
          logprob: 'object',
          rank: 'object',
          entropy: 'object',
          top: [{ id: 'number', text: 'string', logprob: 'number' }],
        },
      ],
      next: [
        { id: 'number', text: 'string', logit: 'number', logprob: 'number', probability: 'number' },
      ],
      totals: { tokens: 'number', nats: 'number', bitsPerByte: 'number', perplexity: 'number' },
      truncated: 'object',
      timing: { loadMs: 'number', forwardMs: 'number' },
    });
  });

  it('reads text from an option, a file or standard input alike', () => {
    const text = 'Zeile eins\r\nلا 🙂‍↔️\t\n';
    const file = join(root, 'text.txt');
    writeFileSync(file, text);
    const tokens = [
      json<{ tokens: unknown }>(['inspect', ...model, '--text', text]),
      json<{ tokens: unknown }>(['inspect', ...model, '--file', file]),
      json<{ tokens: unknown }>(['inspect', ...model], { input: text }),
    ].map((result) => JSON.stringify(result.tokens));
    expect(new Set(tokens).size).toBe(1);
  });

  it('says how many tokens had no room', () => {
    const result = json<{ tokens: []; truncated: object }>(['inspect', ...model], {
      input: 'word '.repeat(100),
    });
    expect(result.tokens).toHaveLength(64);
    expect(result.truncated).toMatchObject({ tokens: 37 });
  });

  it('takes binary data for text', () => {
    const file = join(root, 'binary');
    writeFileSync(
      file,
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    );
    expect(json<{ tokens: [] }>(['inspect', ...model, '--file', file]).tokens.length).toBe(64);
  });
});

describe('statistics', () => {
  const text = `${Array.from({ length: 40 }, (_, i) => `Zeile ${i * i}, 中文 🙂\r\n`).join('')}\n"x", y`;
  interface Statistics {
    stride: number;
    totals: Record<string, number | null>;
    ranks: { tokens: number }[];
    histogram: number[];
    lines: { count: number; by: string; top: { line: number; bits: number; bytes: number }[] };
  }

  it('prints what a whole text comes to, as inspecting it does', () => {
    const { tokens, totals } = json<{
      tokens: { logprob: number | null; entropy: number }[];
      totals: { tokens: number; nats: number; bitsPerByte: number; perplexity: number };
    }>(['inspect', ...model, '--stride', '32', '--top-k', '1'], { input: text });
    const report = json<Statistics>(['statistics', ...model], { input: text });
    expect(shape(report)).toEqual({
      model: expect.anything() as unknown,
      stride: 'number',
      totals: {
        tokens: 'number',
        predicted: 'number',
        bytes: 'number',
        characters: 'number',
        nats: 'number',
        bits: 'number',
        bitsPerByte: 'number',
        bitsPerCharacter: 'number',
        perplexity: 'number',
        meanSurprisalBits: 'number',
        meanEntropyBits: 'number',
        differenceBits: 'number',
      },
      ranks: [{ from: 'number', to: 'number', tokens: 'number', share: 'number' }],
      histogram: ['number'],
      lines: {
        count: 'number',
        by: 'string',
        top: [
          {
            line: 'number',
            text: 'string',
            tokens: 'number',
            bytes: 'number',
            bits: 'number',
            bitsPerByte: 'number',
            peak: { text: 'string', bits: 'number', rank: 'number' },
          },
        ],
      },
    });
    expect(report.stride).toBe(32);
    expect(report.totals.tokens).toBe(totals.tokens);
    expect(report.totals.nats! / totals.nats).toBeCloseTo(1, 6);
    expect(report.totals.bitsPerByte).toBeCloseTo(totals.bitsPerByte, 5);
    expect(report.totals.perplexity! / totals.perplexity).toBeCloseTo(1, 5);
    const entropies = tokens
      .filter(({ logprob }) => logprob !== null)
      .map(({ entropy }) => entropy);
    const mean = entropies.reduce((a, b) => a + b) / entropies.length / Math.LN2;
    expect(report.totals.meanEntropyBits).toBeCloseTo(mean, 5);
    expect(report.lines.count).toBe(42);
    expect(report.lines.top).toHaveLength(20);
  });

  it('ranks lines as asked', () => {
    const lines = (...args: string[]) =>
      json<Statistics>(['statistics', ...model, ...args], { input: text }).lines.top;
    const each = lines('--lines', '100', '--by', 'bitsPerByte');
    expect(each.length).toBeGreaterThan(40);
    const perByte = each.map(({ bits, bytes }) => bits / bytes);
    expect(perByte).toEqual([...perByte].sort((a, b) => b - a));
    expect(lines('--lines', '3', '--stride', '5')).toHaveLength(3);
    expect(lines('--lines', '0')).toEqual([]);
  });

  it('prints one row for each line as CSV, whose sums are the totals', () => {
    const { status, stdout } = run(['statistics', ...model, '--csv'], { input: text });
    expect(status).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split(/(?<=\n)(?=\d+,\d)/);
    expect(head).toBe('line,bits,bits per byte,tokens,bytes,most surprising token,its bits,its rank,text\r\n'); // prettier-ignore
    expect(rows).toHaveLength(42);
    const column = (at: number) => rows.reduce((sum, row) => sum + Number(row.split(',')[at]), 0);
    const { totals } = json<Statistics>(['statistics', ...model], { input: text });
    expect(column(1)).toBeCloseTo(totals.bits!, 6);
    expect(column(3)).toBe(totals.predicted);
    expect(column(4)).toBe(totals.bytes);
    expect(rows.at(-1)).toMatch(/^42,[^]*,"""x"", y"$/);
    const two = run(['statistics', ...model, '--csv', '--lines', '2'], { input: 'a b\nc d\ne f' });
    expect(two.stdout.match(/^\d+,/gm)).toHaveLength(2);
  });

  it('has an answer for a text without tokens, and for one token', () => {
    for (const [input, tokens] of [
      ['', 0],
      ['x', 1],
    ] as const) {
      const { totals, histogram, lines } = json<Statistics>(['statistics', ...model], { input });
      expect(totals).toMatchObject({ tokens, predicted: 0, bits: 0, perplexity: null });
      expect({ histogram, top: lines.top }).toEqual({ histogram: [], top: [] });
    }
  });

  it('refuses wrong usage', () => {
    for (const args of [['--by', 'words'], ['--stride', '0'], ['--lines=-1']]) {
      expect(run(['statistics', ...model, ...args], { input: 'x' }).status).toBe(2);
    }
    const far = run(['statistics', ...model, '--stride', '65'], { input: 'x' });
    expect(far.status).toBe(1);
    expect(far.stderr).toMatch(/stride must be from 1 to/);
  });
});

it('attention prints one pattern for a head, and all of a layer’s without', () => {
  const args = ['attention', ...model, '--text', 'one two three', '--layer', '1'];
  const one = json<{ pattern: number[][] }>([...args, '--head', '1']);
  const all = json<{ patterns: number[][][]; tokens: { text: string }[] }>(args);
  expect(one).toMatchObject({ layer: 1, head: 1 });
  expect(all.tokens.map(({ text }) => text)).toEqual(['one', ' two', ' three']);
  expect(all.patterns).toHaveLength(2);
  expect(all.patterns[1]).toEqual(one.pattern);
  for (const [query, row] of one.pattern.entries()) {
    expect(row).toHaveLength(3);
    expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(true);
  }
});

it('attention prints what all heads make together, and weights by values', () => {
  const args = ['attention', ...model, '--text', 'one two three', '--layer', '1', '--head'];
  const pattern = (...rest: string[]) => json<{ pattern: number[][] }>([...args, ...rest]).pattern;
  expect(json([...args, 'mean'])).toMatchObject({ layer: 1, head: 'mean' });
  expect(json([...args, '0', '--weighted'])).toMatchObject({ head: 0, weighted: true });
  for (const row of pattern('rollout')) {
    expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
  }
  const [mean, most] = [pattern('mean'), pattern('max')];
  expect(most.every((row, i) => row.every((weight, j) => weight >= mean[i]![j]!))).toBe(true);
  for (const wrong of [['most'], ['-1'], ['1.5'], ['rollout', '--weighted']]) {
    expect(run([...args, ...wrong]).status).toBe(2);
  }
  expect(run([...args, '2'])).toMatchObject({ status: 1, stdout: '' });
});

it('heads prints the scores of every head, of one layer, or sorted', () => {
  const args = ['heads', ...model, '--text', 'one two one two one'];
  const { heads } = json<{ heads: { name: string; induction: number; entropy: number }[] }>(args);
  expect(heads.map(({ name }) => name)).toEqual(['L0H0', 'L0H1', 'L1H0', 'L1H1', 'L2H0', 'L2H1']);
  expect(Object.keys(heads[0]!).slice(3)).toEqual([
    'entropy',
    'previousToken',
    'firstToken',
    'sameToken',
    'induction',
  ]);
  expect(json([...args, '--layer', '1'])).toEqual({ tokens: 5, heads: heads.slice(2, 4) });
  const sorted = json<{ heads: { induction: number }[] }>([...args, '--sort', 'induction']).heads;
  const scores = heads.map(({ induction }) => induction).sort((a, b) => b - a);
  expect(sorted.map(({ induction }) => induction)).toEqual(scores);
  expect(run([...args, '--sort', 'size']).status).toBe(2);
});

describe('lens', () => {
  const args = ['lens', ...model, '--text', 'one two three'];

  it('prints the top tokens after the embedding and after each part of a layer', () => {
    const result = json<{ position: number; streams: { stream: string; layer: number }[] }>([
      ...args,
      '--position=-2',
      '--top-k',
      '2',
    ]);
    const expectation = { logprob: 'number', probability: 'number', rank: 'number' };
    expect(shape(result)).toEqual({
      position: 'number',
      token: { index: 'number', id: 'number', text: 'string' },
      final: { id: 'number', text: 'string' },
      actual: { id: 'number', text: 'string' },
      streams: [
        {
          stream: 'string',
          layer: 'number',
          top: [{ id: 'number', text: 'string', logprob: 'number', probability: 'number' }],
          entropy: 'number',
          final: expectation,
          actual: expectation,
        },
      ],
    });
    expect(result).toMatchObject({
      position: 1,
      token: { text: ' two' },
      actual: { text: ' three' },
    });
    expect(result.streams.map(({ stream, layer }) => `${stream} ${layer}`)).toEqual([
      'residPre 0',
      'residMid 0',
      'residPost 0',
      'residMid 1',
      'residPost 1',
      'residMid 2',
      'residPost 2',
    ]);
  });

  it('prints the whole table', () => {
    const { tokens, streams } = json<{ tokens: []; streams: { positions: object[] }[] }>([
      ...args,
      '--all',
    ]);
    expect(tokens).toHaveLength(3);
    expect(streams).toHaveLength(4);
    expect(streams.map(({ positions }) => positions.length)).toEqual([3, 3, 3, 3]);
    expect(shape(streams[0])).toEqual({
      stream: 'string',
      layer: 'number',
      positions: [
        {
          id: 'number',
          text: 'string',
          probability: 'number',
          finalProbability: 'number',
          klToFinal: 'number',
        },
      ],
    });
  });
});

it('attribution prints the share of each part', () => {
  const result = json<{ heads: number[][]; sum: number; logit: number; error: number }>([
    ...['attribution', ...model, '--text', 'one two three'],
    ...['--target', 'four', '--versus', '464', '--position', '1'],
  ]);
  const token = { id: 'number', text: 'string', logit: 'number', logprob: 'number' };
  expect(shape(result)).toEqual({
    position: 'number',
    token: { index: 'number', id: 'number', text: 'string' },
    target: token,
    versus: token,
    tokenEmbedding: 'number',
    positionEmbedding: 'number',
    heads: [['number']],
    attnBias: ['number'],
    mlps: ['number'],
    finalNormBias: 'number',
    sum: 'number',
    logit: 'number',
    error: 'number',
  });
  expect(result).toMatchObject({ target: { text: ' four' }, versus: { text: 'The' } });
  expect(result.heads.map(({ length }) => length)).toEqual([2, 2, 2]);
  expect(result.sum).toBeCloseTo(result.logit, 5);
});

describe('ablate and intervene', () => {
  const text = ['--text', 'one two three four'];

  it('print the same for the same edits', () => {
    const file = join(root, 'edits.json');
    const edits = [
      { kind: 'ablateHead', layer: 1, head: 0, by: 'mean' },
      { kind: 'ablateHead', layer: 2, head: 1, by: 'mean' },
      { kind: 'ablateMlp', layer: 1, by: 'mean' },
    ];
    writeFileSync(file, JSON.stringify(edits));
    const heads = ['--heads', 'L1H0,L2H1', '--mlps', '1', '--mean'];
    const ablated = json<Record<string, unknown>>(['ablate', ...model, ...text, ...heads]);
    expect(ablated.edits).toEqual(edits);
    const intervened = json(['intervene', ...model, ...text, '--edits', file]);
    expect(intervened).toEqual(ablated);
    const token = {
      id: 'number',
      text: 'string',
      logprobBefore: 'number',
      logprobAfter: 'number',
      rankBefore: 'number',
      rankAfter: 'number',
      probabilityBefore: 'number',
      probabilityAfter: 'number',
    };
    expect(shape(ablated)).toEqual({
      edits: [{ kind: 'string', layer: 'number', head: 'number', by: 'string' }],
      position: 'number',
      firstLayer: 'number',
      before: [token],
      after: [token],
      kl: 'number',
      up: [token],
      down: [token],
      tokens: [
        {
          index: 'number',
          id: 'number',
          text: 'string',
          logprobBefore: 'object',
          logprobAfter: 'object',
          kl: 'number',
        },
      ],
    });
  });

  it('say what is wrong with a file of edits', () => {
    const file = join(root, 'broken.json');
    for (const [content, message] of [
      ['[{', /broken\.json is not JSON: .+\.\n$/],
      ['{}', /nothing to change/],
      ['[{ "kind": "ablateMlp", "layer": 9, "by": "zero" }]', /layers 0 to 2/],
    ] as const) {
      writeFileSync(file, content);
      const { status, stderr } = run(['intervene', ...model, ...text, '--edits', file]);
      expect(status).toBe(1);
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
  });
});

it('patch prints a map of layers by positions, or by heads', () => {
  const texts = ['--clean', 'one two three', '--corrupt', 'one four three'];
  const args = ['patch', ...model, ...texts, '--target', 'dog', '--versus', '464'];
  interface Printed {
    target: unknown;
    clean: { difference: number };
    corrupt: { difference: number };
    difference: number[][];
    restored: number[][];
  }
  const cells = json<Printed>(args);
  expect(cells.target).toEqual({ id: 3290, text: ' dog' });
  expect(cells.restored.map(({ length }) => length)).toEqual([3, 3, 3]);
  expect(cells.difference[0]![1]).toBeCloseTo(cells.clean.difference, 4);
  expect(cells.difference[0]![0]).toBe(cells.corrupt.difference);
  expect(cells.restored[0]![1]).toBeCloseTo(1, 2);
  const heads = json<Printed>([...args, '--at', 'heads']);
  expect(heads.restored.map(({ length }) => length)).toEqual([2, 2, 2]);
});

it('generate continues a text, the same from the same seed', () => {
  const args = ['generate', ...model, '--text', 'Once', '--max-tokens', '5'];
  const sampled = [...args, '--temperature', '0.8', '--top-p', '0.9', '--seed', '3'];
  const { tokens, text } = json<{ tokens: { text: string }[]; text: string }>(sampled);
  expect(tokens).toHaveLength(5);
  expect(json<{ text: string }>(sampled).text).toBe(text);
  expect(json<{ text: string }>(args).text).toBe(json<{ text: string }>(args).text);
});

it('generate searches for the likeliest continuations, and names candidates', () => {
  interface Beam {
    tokens: { logprob: number }[];
    logprob: number;
  }
  const args = ['generate', ...model, '--text', 'Once', '--max-tokens', '3'];
  const { beams } = json<{ beams: Beam[] }>([...args, '--beams', '4']);
  expect(beams).toHaveLength(4);
  for (const { tokens, logprob } of beams) {
    expect(tokens.reduce((sum, token) => sum + token.logprob, 0)).toBeCloseTo(logprob, 9);
  }
  const greedy = json<{ tokens: { id: number; top: { id: number }[] }[] }>([
    ...args,
    '--candidates',
    '2',
  ]);
  for (const { id, top } of greedy.tokens) expect([id, top.length]).toEqual([top[0]!.id, 2]);
});

it('model describes the model', () => {
  const result = json<{ parameters: number; parametersByComponent: { parameters: number }[] }>([
    'model',
    ...model,
  ]);
  expect(result).toMatchObject({ name: 'tiny', family: 'gpt2', dtype: 'F32', vocabSize: 50257 });
  const sum = result.parametersByComponent.reduce((total, { parameters }) => total + parameters, 0);
  expect(sum).toBe(result.parameters);
});

it('model counts the parameters of a configuration without weights', () => {
  const known = json<{ parameters: number }>(['model', '--known', 'gpt2']);
  expect(known.parameters).toBe(124_439_808);
  expect(json(['model', '--config', join(model[1]!, 'config.json')])).toMatchObject({
    name: 'tiny',
    nLayer: 3,
    tied: true,
  });
});

describe('neurons', () => {
  const args = ['neurons', ...model, '--text', 'one two three'];
  interface Neurons {
    position: number;
    neurons: { layer: number; name: string; promotes: object[] }[];
    token: object;
  }

  it('prints the most active ones of a layer, or of all', () => {
    const one = json<Neurons>([...args, '--layer', '1', '--position=-2', '--top-k', '3']);
    expect(one).toMatchObject({ position: 1, token: { index: 1, text: ' two' } });
    expect(one.neurons.map(({ layer }) => layer)).toEqual([1, 1, 1]);
    const all = json<Neurons>([...args, '--tokens', '2', '--by', 'written']);
    expect(all.position).toBe(2);
    expect(new Set(all.neurons.map(({ layer }) => layer)).size).toBeGreaterThan(1);
    expect(all.neurons[0]!.promotes).toHaveLength(2);
  });

  it('prints one along the text', () => {
    const one = json<object>([...args, '--layer', '2', '--neuron', '5']);
    expect(shape(one)).toEqual({
      layer: 'number',
      neuron: 'number',
      name: 'string',
      outputNorm: 'number',
      promotes: [{ id: 'number', text: 'string', logit: 'number' }],
      suppresses: [{ id: 'number', text: 'string', logit: 'number' }],
      tokens: [{ index: 'number', id: 'number', text: 'string', activation: 'number' }],
    });
  });
});

describe('embedding', () => {
  it('prints the nearest tokens of a sum', () => {
    const args = ['embedding', ...model, '--top-k', '4', 'king - man + woman'];
    const found = json<{ terms: { text: string; coefficient: number }[]; tokens: [] }>(args);
    expect(found.terms.map(({ text }) => text)).toEqual([' king', ' man', ' woman']);
    expect(found.terms.map(({ coefficient }) => coefficient)).toEqual([1, -1, 1]);
    expect(found.tokens).toHaveLength(4);
  });

  it('prints a direction and a map', () => {
    const direction = ['embedding', ...model, '--direction', 'man', 'woman', '--top-k', '3'];
    expect(json<{ toward: []; away: [] }>(direction)).toMatchObject({
      from: { terms: [{ text: ' man' }] },
      toward: [{}, {}, {}],
      away: [{}, {}, {}],
    });
    const map = json<{ points: { text: string }[]; explained: number[] }>(
      ['embedding', ...model, '--map', 'king', 'queen', '" king"', '464'], // one of them twice
    );
    expect(map.points.map(({ text }) => text)).toEqual([' king', ' queen', 'The']);
    expect(map.explained[0]! + map.explained[1]!).toBeCloseTo(1, 9);
  });
});

it('compare prints what each token gains or loses', () => {
  const args = ['compare', ...model, '--text', 'one two three', '--with', 'one four three'];
  const result = json<{ pairs: { text: string; difference: number | null }[]; totals: object }>(
    args,
  );
  expect(result.pairs.map(({ text }) => text)).toEqual(['one', ' three']);
  expect(result.pairs[0]!.difference).toBeNull();
  expect(result.pairs[1]!.difference).not.toBe(0);
  expect(result.totals).toMatchObject({ tokensA: 3, tokensB: 3 });
  const same = json<{ totals: { difference: number } }>(
    ['compare', ...model, '--text', 'one two', '--with-model', model[1]!], // the model itself
  );
  expect(same.totals.difference).toBe(0);
  expect(run(['compare', ...model, '--text', 'one']).status).toBe(2);
});

it('changes prints each hunk, and sums that add up', () => {
  const [before, after] = [join(root, 'before.txt'), join(root, 'after.txt')];
  const words = 'word one two\n'.repeat(40);
  writeFileSync(before, `a line\n${words}the end\n`);
  writeFileSync(after, `another line\n${words}`);
  const args = ['changes', ...model, '--before', before, '--after', after];
  const result = json<{
    difference: number;
    before: { bits: number };
    after: { bits: number };
    hunks: { linesAfter: object; difference: number; knockOn: number; words: string }[];
  }>([...args, '--stride', '16']);
  expect(result.hunks.map(({ words }) => words)).toEqual(['another line', 'the end']);
  expect(result.hunks[1]!.linesAfter).toEqual({ line: 42, count: 0 });
  const parts = result.hunks.reduce((sum, hunk) => sum + hunk.difference + hunk.knockOn, 0);
  expect(parts).toBeCloseTo(result.difference, 6);
  for (const [file, { bits }] of [
    [before, result.before],
    [after, result.after],
  ] as const) {
    const inspected = json<{ totals: { nats: number } }>(
      ['inspect', ...model, '--file', file, '--stride', '16'],
    ); // prettier-ignore
    expect(bits).toBeCloseTo(inspected.totals.nats / Math.LN2, 2);
  }
  const same = json<{ hunks: object[] }>([
    'changes',
    ...model,
    '--before',
    after,
    '--after',
    after,
  ]);
  expect(same.hunks).toEqual([]);
  expect(run(['changes', ...model, '--before', before]).status).toBe(2);
  expect(run([...args, '--stride', '0']).status).toBe(2);
});

it('does not mind a reader that stops reading', () => {
  const text = 'word '.repeat(60);
  const command = `"${process.execPath}" "${cli}" inspect ${model.join(' ')} --text "${text}" --top-k 1000 | head -c 1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '{', stderr: '' });
});

it.skipIf(!existsSync('/dev/full'))('says that there is no room for what it writes', () => {
  const command = `"${process.execPath}" "${cli}" model ${model.join(' ')} > /dev/full`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'The output cannot be written (ENOSPC).\n',
  });
});

describe('failures', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['inspect', '--frobnicate']],
    ['two texts', ['inspect', '--text', 'a', '--file', 'b']],
    ['a surplus argument', ['inspect', 'now']],
    ['a number that is none', ['inspect', '--text', 'a', '--top-k', 'many']],
    ['more threads than the setting takes', ['inspect', '--text', 'a', '--threads', '65']],
    ['a number that is not whole', ['inspect', '--text', 'a', '--top-k', '1.5']],
    ['a number out of range', ['generate', '--text', 'a', '--top-p', '1.5']],
    ['no layer', ['attention', '--text', 'a']],
    ['beams that sample', ['generate', '--text', 'a', '--beams', '2', '--seed', '1']],
    ['nothing to ablate', ['ablate', '--text', 'a']],
    ['a head that is none', ['ablate', '--text', 'a', '--heads', 'L1']],
    ['an MLP that is none', ['ablate', '--text', 'a', '--mlps', '1,']],
    ['no edits', ['intervene', '--text', 'a']],
    ['half of a pair of texts', ['patch', '--clean', 'a']],
    ['a place that is none', ['patch', '--clean', 'a', '--corrupt', 'b', '--at', 'q']],
    ['a neuron of no layer', ['neurons', '--text', 'a', '--neuron', '3']],
    ['a measure that is none', ['neurons', '--text', 'a', '--by', 'size']],
    ['no expression', ['embedding']],
    ['two expressions without a direction', ['embedding', 'king', 'man']],
    ['a direction of one', ['embedding', '--direction', 'king']],
    ['a matrix that is none', ['embedding', 'king', '--matrix', 'wte']],
    ['two configurations', ['model', '--known', 'gpt3', '--config', 'config.json']],
  ])('%s is wrong usage', (_, args) => {
    const { status, stdout, stderr } = run(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^.+\n\nUsage: /);
  });

  it.each([
    ['no text', ['inspect', ...model], /no text to inspect/],
    ['a file that is not there', ['inspect', ...model, '--file', '/nowhere'], /cannot be read/],
    ['a folder that is no model', ['model', '--model', root], /not a model folder/],
    ['a token that is not there', ['neurons', ...model, '--text', 'a', '--position', '1'], /has 1/],
    ['half an expression', ['embedding', ...model, 'king -'], /^Character 7: at the end/],
    ['a model that nobody knows', ['model', '--known', 'gpt5'], /There are: .*gpt2/],
    [
      'a position that is not there',
      ['lens', ...model, '--text', 'a', '--position', '1'],
      /no token 1/,
    ],
    [
      'a target of several tokens',
      ['attribution', ...model, '--text', 'a', '--target', 'antidisestablishmentarianism'],
      /but one is needed/,
    ],
    ['a layer that is not there', ['attention', ...model, '--text', 'a', '--layer', '3'], /0 to 2/],
    [
      'a head that is not there',
      ['ablate', ...model, '--text', 'a', '--heads', 'L0H9'],
      /heads 0 to 1/,
    ],
    [
      'a text that is longer than the other',
      ['patch', ...model, '--clean', 'one', '--corrupt', 'one two'],
      /clean text has 1 token and the corrupted one 2: .*nothing against 1 \(·two\)/,
    ],
  ])('%s is told in one sentence', (_, args, message) => {
    const { status, stdout, stderr } = run(args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['is not for this machine', 'onnxruntime_binding.node cannot be found', /no onnxruntime for/],
    ['is damaged', 'something else', /installation is incomplete/],
  ])('an onnxruntime that %s is told in one sentence', (_, problem, message) => {
    const installation = mkdtempSync(join(root, 'installed-'));
    const runtime = join(installation, 'node_modules/onnxruntime-node');
    mkdirSync(runtime, { recursive: true });
    writeFileSync(join(runtime, 'index.js'), `throw new Error(${JSON.stringify(problem)})`);
    cpSync(cli, join(installation, 'cli.js'));
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(installation, 'cli.js'), 'model', ...model],
      { encoding: 'utf8' },
    );
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(status).toBe(1);
  });

  it('a model that may not be read is told in one sentence', () => {
    const folder = join(root, 'locked');
    cpSync(model[1]!, folder, { recursive: true });
    // Permissions do not hold for the super-user, who therefore asks as somebody else.
    const asNobody = process.getuid?.() === 0 ? { uid: 65534 } : {};
    chmodSync(root, 0o755);
    for (const name of ['model.safetensors', 'config.json']) {
      chmodSync(join(folder, name), 0);
      const { status, stderr } = run(['model', '--model', folder], asNobody);
      expect(stderr).toMatch(/cannot be read: permission denied\. Change its permissions\.\n$/);
      expect(status).toBe(1);
    }
  });
});
