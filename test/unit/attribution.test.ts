import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { forwardPass, type ResidualStream } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { attribution } from '../../src/inspection/attribution';
import { UserError } from '../../src/protocol/userError';
import { dot, PlainGpt2 } from '../fixtures/plainGpt2';
import { plainStreams } from '../fixtures/plainStreams';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-attribution-'));
afterAll(() => rmSync(root, { recursive: true }));
const textOf = (id: number) => `<${id}>`;

describe('attribution', () => {
  const config = { ...tinyGpt2, vocab_size: 101, bos_token_id: 100 };
  const folder = randomCheckpoint(join(root, 'small'), config, 5, 0.4);
  const plain = new PlainGpt2(folder);
  const ids = Array.from({ length: 12 }, (_, i) => (i * i * 7 + 3) % 101);
  const layers = plainStreams(plain, ids);
  const residFinal = layers.at(-1)!.residPost;
  let model: Model;
  let residual: ResidualStream;
  beforeAll(async () => {
    model = await Model.load(folder, 1);
    residual = await forwardPass(model, ids);
  });
  afterAll(() => model.release());
  const ask = (position: number, target: number | null, versus: number | null) =>
    attribution(model, ids, residual, { position, target, versus }, textOf);

  /** What a vector in the residual stream adds to the logit of a token at a position. */
  function contribution(vector: Float64Array, position: number, id: number): number {
    const resid = residFinal[position]!;
    const mean = (x: Float64Array) => x.reduce((a, b) => a + b) / x.length;
    const variance = mean(resid.map((value) => (value - mean(resid)) ** 2));
    const gain = plain.rows('ln_f.weight')[0]!;
    const normalised = vector.map(
      (value, i) => ((value - mean(vector)) / Math.sqrt(variance + 1e-5)) * gain[i]!,
    );
    return dot(normalised, plain.tokenVector(id));
  }

  it.each([
    [ids.length - 1, null],
    [0, null],
    [2, 7],
  ])('gives each part its share, at position %i, versus %j', async (position, versus) => {
    const found = await ask(position, 5, versus);
    const of = (vector: Float64Array) =>
      contribution(vector, position, 5) -
      (versus === null ? 0 : contribution(vector, position, versus));
    const tokenVector = plain.tokenVector(ids[position]!);
    const positionVector = layers[0]!.residPre[position]!.map(
      (value, i) => value - tokenVector[i]!,
    );
    expect(found.tokenEmbedding).toBeCloseTo(of(tokenVector), 5);
    expect(found.positionEmbedding).toBeCloseTo(of(positionVector), 5);
    for (const [layer, { headOut, attnBias, mlpOut }] of layers.entries()) {
      for (const [head, out] of headOut.entries()) {
        const share = found.heads[layer * config.n_head + head];
        expect(share, `L${layer}H${head}`).toBeCloseTo(of(out[position]!), 5);
      }
      expect(found.attnBias[layer]).toBeCloseTo(of(attnBias), 5);
      expect(found.mlps[layer]).toBeCloseTo(of(mlpOut[position]!), 5);
    }
    const logits = plain.unembed([residFinal[position]!])[0]!;
    const logit = logits[5]! - (versus === null ? 0 : logits[versus]!);
    expect(found.logit).toBeCloseTo(logit, 4);
    expect(found.target.logit).toBeCloseTo(logits[5]!, 4);
    expect(found.versus?.logit ?? null).toEqual(
      versus === null ? null : (expect.closeTo(logits[versus]!, 4) as number),
    );
  });

  it('adds up to the logit, and says how far it does', async () => {
    for (let position = 0; position < ids.length; position++) {
      const found = await ask(position, null, 3);
      const parts = [
        found.tokenEmbedding,
        found.positionEmbedding,
        ...found.heads,
        ...found.attnBias,
        ...found.mlps,
        found.finalNormBias,
      ];
      expect(found.sum).toBeCloseTo(
        parts.reduce((a, b) => a + b),
        12,
      );
      expect(found.error).toBe(found.sum - found.logit);
      expect(Math.abs(found.error)).toBeLessThan(1e-4);
    }
  });

  it('takes the likeliest token where none is named', async () => {
    const position = ids.length - 1;
    const logits = plain.unembed([residFinal[position]!])[0]!;
    const best = logits.indexOf(Math.max(...logits));
    expect((await ask(position, null, null)).target).toMatchObject({
      id: best,
      text: textOf(best),
    });
  });

  it('refuses what cannot be asked', async () => {
    await expect(ask(ids.length, null, null)).rejects.toBeInstanceOf(UserError);
    await expect(ask(0, 4, 4)).rejects.toThrow(/same token/);
  });
});

describe('the request', () => {
  const model = { folder: randomCheckpoint(join(root, 'tiny'), tinyGpt2), threads: 1 };
  const { handlers } = new Engine();
  const run = { model, ids: [464, 3797, 3332] }; // "The cat sat"
  const ask = (target: string | number | null, versus: string | number | null = null) =>
    handlers.attribution({ run, position: 2, target, versus });

  it('takes a token by its id or as people write it', async () => {
    const { target, versus } = await ask('dog', 2415);
    expect(target).toMatchObject({ id: 3290, text: ' dog' });
    expect(versus).toMatchObject({ id: 2415, text: ' woman' });
    const swapped = await ask('" woman"', '3290');
    const found = await ask(' dog', 2415);
    expect(swapped.logit).toBeCloseTo(-found.logit, 6);
  });

  it.each([
    ['', /An empty text names no token/],
    ['antidisestablishmentarianism', /but one is needed/],
    ['50257', /ids go from 0 to 50256/],
    [50257, /ids go from 0 to 50256/],
    [-1, /There is no token -1/],
    [1.5, /There is no token 1.5/],
  ])('refuses the token %j in a sentence', async (name, message) => {
    await expect(ask(name)).rejects.toThrow(message);
    await expect(ask(null, name)).rejects.toThrow(message);
    await expect(ask(name)).rejects.toBeInstanceOf(UserError);
  });
});
