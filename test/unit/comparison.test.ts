import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { compareInspections } from '../../src/inspection/comparison';
import type { InspectedToken, Inspection } from '../../src/protocol/inspection';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const model = { name: 'GPT-2', tokenizer: 'r50k_base' } as Inspection['model'];

/** Tokens as "text:bits>choice", the choice being what is likeliest after it; no bits for "-". */
function side(written: string): Pick<Inspection, 'tokens' | 'model'> {
  const tokens = written.split(' ').map((one, index) => {
    const [, text, bits, choice] = /^(\w+):([\d.-]+)>(\w)$/.exec(one)!;
    return {
      index,
      id: [...text!].reduce((sum, letter) => sum * 131 + letter.charCodeAt(0), 7),
      text,
      logprob: bits === '-' ? null : -Number(bits) * Math.LN2,
      top: [{ id: choice!.charCodeAt(0), text: choice!, logprob: -1 }],
    } as InspectedToken;
  });
  return { tokens, model };
}

describe('two inspections', () => {
  const a = side('the:->x small:3>y cat:5>z sat:2>x');
  const b = side('the:->x big:4>y old:6>y cat:3.5>q sat:2.5>x');
  const comparison = compareInspections(a, b);

  it('are aligned, and each common token has its difference in bits', () => {
    expect(comparison.pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 0],
      [2, 3],
      [3, 4],
    ]);
    expect(comparison.pairs.map(({ difference }) => difference)).toEqual([
      null,
      expect.closeTo(-1.5, 9) as number,
      expect.closeTo(0.5, 9) as number,
    ]);
  });

  it('have totals, of each stretch and of all', () => {
    expect(comparison.totals).toEqual({
      tokensA: 4,
      tokensB: 5,
      bitsA: expect.closeTo(10, 9) as number,
      bitsB: expect.closeTo(16, 9) as number,
      difference: expect.closeTo(6, 9) as number,
      otherChoices: 1,
    });
    const changed = comparison.stretches.filter(({ kind }) => kind === 'changed');
    expect(changed).toEqual([
      {
        kind: 'changed',
        a: { start: 1, end: 2 },
        b: { start: 1, end: 3 },
        bitsA: expect.closeTo(3, 9) as number,
        bitsB: expect.closeTo(10, 9) as number,
      },
    ]);
    const sum = comparison.stretches.reduce((total, { bitsB }) => total + bitsB, 0);
    expect(sum).toBeCloseTo(comparison.totals.bitsB, 9);
  });

  it('tell where another token was expected most', () => {
    // "sat" is expected after "cat", whose choices are z and q; "cat" after y in both.
    expect(comparison.pairs.map(({ otherChoice }) => otherChoice)).toEqual([false, false, true]);
  });

  it('of different vocabularies are refused in a sentence', () => {
    const other = { ...b, model: { ...model, name: 'Llama', tokenizer: 'llama' } };
    expect(() => compareInspections(a, other)).toThrow(/GPT-2 and Llama have different vocab/);
  });
});

describe('the same text under two models', () => {
  const root = mkdtempSync(join(tmpdir(), 'forward-pass-comparison-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const folder = (seed: number) => randomCheckpoint(join(root, String(seed)), tinyGpt2, seed);
  const { handlers } = new Engine();
  const inspect = (seed: number, text: string) =>
    handlers.inspect({ model: { folder: folder(seed), threads: 1 }, text, topK: 3, bos: true });

  it('has each token once, and loses as many bits in all as token by token', async () => {
    const text = 'One text,\r\nzwei Modelle 🙂.';
    const [a, b] = [await inspect(1, text), await inspect(2, text)];
    const { stretches, pairs, totals } = compareInspections(a, b);
    expect(stretches.map(({ kind }) => kind)).toEqual(['same']);
    expect(pairs.map(({ a, b }) => a === b)).not.toContain(false);
    const sum = pairs.reduce((total, { difference }) => total + (difference ?? 0), 0);
    expect(sum).toBeCloseTo(totals.difference, 6);
    expect(totals.difference).toBeCloseTo((b.totals.nats - a.totals.nats) / Math.LN2, 6);
    expect(Math.abs(totals.difference)).toBeGreaterThan(1e-3);
  });
});
