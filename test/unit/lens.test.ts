import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { lens } from '../../src/inspection/lens';
import { lensTable } from '../../src/inspection/lensTable';
import { UserError } from '../../src/protocol/userError';
import { PlainGpt2, softmax } from '../fixtures/plainGpt2';
import { plainStreams } from '../fixtures/plainStreams';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-lens-'));
afterAll(() => rmSync(root, { recursive: true }));
const config = { ...tinyGpt2, vocab_size: 101, bos_token_id: 100 };
const folder = randomCheckpoint(join(root, 'tiny'), config, 5, 0.4);
const plain = new PlainGpt2(folder);
// More positions than are unembedded at once with all their layers.
const ids = Array.from({ length: 37 }, (_, i) => (i * i * 7 + 3) % 101);
const layers = plainStreams(plain, ids);
const textOf = (id: number) => `<${id}>`;
const distribution = (resid: Float64Array) => [...softmax(plain.unembed([resid])[0]!)];

describe('the logit lens', () => {
  let model: Model;
  let residual: ResidualStream;
  beforeAll(async () => {
    model = await Model.load(folder, 1);
    residual = await forwardPass(model, ids);
  });
  afterAll(() => model.release());

  it.each([0, 1, ids.length - 1])('reads every stream at position %i', async (position) => {
    const actualId = ids[position + 1] ?? null;
    const found = await lens(model, residual, position, actualId, 4, textOf);
    const expected = [
      { stream: 'residPre', layer: 0, resid: layers[0]!.residPre[position]! },
      ...layers.flatMap(({ residMid, residPost }, layer) => [
        { stream: 'residMid', layer, resid: residMid[position]! },
        { stream: 'residPost', layer, resid: residPost[position]! },
      ]),
    ];
    const ends = ordered(distribution(layers.at(-1)!.residPost[position]!));
    expect(found).toMatchObject({ position, final: { id: ends[0], text: textOf(ends[0]!) } });
    expect(found.actual?.id ?? null).toBe(actualId);
    expect(found.streams.map(({ stream, layer }) => ({ stream, layer }))).toEqual(
      expected.map(({ stream, layer }) => ({ stream, layer })),
    );

    for (const [row, { resid }] of expected.entries()) {
      const p = distribution(resid);
      const { top, entropy, final, actual } = found.streams[row]!;
      expect(top.map(({ id }) => id)).toEqual(ordered(p).slice(0, 4));
      for (const { id, text, logprob, probability } of top) {
        expect(text).toBe(textOf(id));
        expect(logprob).toBeCloseTo(Math.log(p[id]!), 4);
        expect(probability).toBeCloseTo(p[id]!, 5);
      }
      expect(entropy).toBeCloseTo(-p.reduce((sum, x) => sum + x * Math.log(x), 0), 4);
      for (const [id, given] of [[ends[0]!, final] as const, [actualId, actual] as const]) {
        if (id === null) expect(given).toBeNull();
        else {
          expect(given!.rank).toBe(1 + p.filter((other) => other > p[id]!).length);
          expect(given!.logprob).toBeCloseTo(Math.log(p[id]!), 4);
          expect(given!.probability).toBeCloseTo(p[id]!, 5);
        }
      }
    }
  });

  it('compares every layer with the last, for all positions', async () => {
    const from = 1;
    const table = await lensTable(model, residual, from, ids.length, textOf);
    const count = ids.length - from;
    expect(table).toMatchObject({ from, positions: count, layers: layers.length + 1 });
    for (let i = 0; i < count; i++) {
      const position = from + i;
      const final = distribution(layers.at(-1)!.residPost[position]!);
      const streams = [layers[0]!.residPre, ...layers.map(({ residPost }) => residPost)];
      for (const [layer, stream] of streams.entries()) {
        const p = distribution(stream[position]!);
        const cell = layer * count + i;
        const [top] = ordered(p);
        expect(table.topIds[cell]).toBe(top);
        expect(table.topTexts[cell]).toBe(textOf(top!));
        expect(table.topProbability[cell]).toBeCloseTo(p[top!]!, 5);
        expect(table.finalProbability[cell]).toBeCloseTo(p[ordered(final)[0]!]!, 5);
        const kl = final.reduce((sum, pf, id) => sum + pf * Math.log(pf / p[id]!), 0);
        expect(table.klToFinal[cell]).toBeCloseTo(kl, 4);
        expect(table.klToFinal[cell]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('gives the same table in pieces as at once', async () => {
    const all = await lensTable(model, residual, 0, ids.length, textOf);
    const piece = await lensTable(model, residual, 2, 5, textOf);
    for (let layer = 0; layer < all.layers; layer++) {
      expect([...piece.topIds.subarray(3 * layer, 3 * layer + 3)]).toEqual([
        ...all.topIds.subarray(ids.length * layer + 2, ids.length * layer + 5),
      ]);
    }
  });

  it.each([-1, ids.length, 0.5, NaN])('refuses the position %d', async (position) => {
    await expect(lens(model, residual, position, null, 4, textOf)).rejects.toBeInstanceOf(
      UserError,
    );
    await expect(lensTable(model, residual, position, position + 1, textOf)).rejects.toBeInstanceOf(
      UserError,
    );
  });

  it('refuses a table of nothing', async () => {
    await expect(lensTable(model, residual, 3, 3, textOf)).rejects.toThrow(/no tokens from 3/);
    await expect(lensTable(model, residual, 0, ids.length + 1, textOf)).rejects.toThrow(
      `There is no token ${ids.length}: the text has ${ids.length}`,
    );
  });

  it('stops between two layers when it is cancelled', async () => {
    const cancellation = new AbortController();
    const seen: string[] = [];
    const options = {
      signal: cancellation.signal,
      onProgress: ({ message }: { message: string }) => {
        seen.push(message);
        if (seen.length === 2) cancellation.abort();
      },
    };
    await expect(lens(model, residual, 0, null, 4, textOf, options)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(seen).toHaveLength(2);
  });
});

/** Token ids from the likeliest on. */
function ordered(p: number[]): number[] {
  return p.map((_, id) => id).sort((a, b) => p[b]! - p[a]!);
}
