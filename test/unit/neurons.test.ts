import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { UserError } from '../../src/protocol/userError';
import { centred, dot, Float64Gpt2 } from '../fixtures/float64Gpt2';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-neurons-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = randomCheckpoint(join(root, 'tiny'), tinyGpt2);
const model = { folder, threads: 1 };
const { handlers } = new Engine();
const ids = [464, 2068, 7586, 21831, 464, 50255];
const run = { model, ids };

const reference = new Float64Gpt2(folder);
const blocks = reference.blocks(ids);
const tokenVectors = reference.weight('wte.weight');
const finalGain = reference.weight('ln_f.weight')[0]!;

/** What a neuron's output row adds to a token's logit where the final norm's scale is 1. */
function logitOf(layer: number, neuron: number, id: number): number {
  const row = centred(reference.neuronOutputs(layer)[neuron]!);
  return dot(
    row.map((x, i) => x * finalGain[i]!),
    tokenVectors[id]!,
  );
}

/** |activation| · ‖output row‖ of all neurons of a layer. */
function writtenAt(layer: number, position: number): number[] {
  return reference.neuronOutputs(layer).map((row, i) => {
    return Math.abs(blocks[layer]!.mlpPost[position]![i]!) * Math.hypot(...row);
  });
}

const base = { run, by: 'activation' as const, topK: 5, tokens: 4 };

describe('the most active neurons', () => {
  it.each([
    [0, 0],
    [1, 3],
    [2, 5],
  ])('of layer %i at position %i are those of the formulas', async (layer, position) => {
    const { neurons, nInner } = await handlers.neurons({ ...base, layers: [layer], position });
    const post = blocks[layer]!.mlpPost[position]!;
    const written = writtenAt(layer, position);
    const all = written.reduce((a, b) => a + b);
    const expected = Array.from(post.keys())
      .sort((a, b) => Math.abs(post[b]!) - Math.abs(post[a]!))
      .slice(0, 5);
    expect(nInner).toBe(32);
    expect(neurons.map(({ neuron }) => neuron)).toEqual(expected);
    for (const { name, neuron, activation, written: length, share } of neurons) {
      expect(name).toBe(`L${layer}N${neuron}`);
      expect(activation / post[neuron]!).toBeCloseTo(1, 4);
      expect(length / written[neuron]!).toBeCloseTo(1, 4);
      expect(share / (written[neuron]! / all)).toBeCloseTo(1, 4);
    }
  });

  it('over all layers are the strongest of each', async () => {
    const layers = [0, 1, 2];
    const { neurons } = await handlers.neurons({ ...base, by: 'written', layers, position: 4 });
    const expected = layers
      .flatMap((layer) => writtenAt(layer, 4).map((length, i) => ({ length, layer, i })))
      .sort((a, b) => b.length - a.length)
      .slice(0, 5);
    expect(neurons.map(({ name }) => name)).toEqual(
      expected.map(({ layer, i }) => `L${layer}N${i}`),
    );
  });

  it('promote and suppress the tokens at the ends of the vocabulary', async () => {
    const { neurons } = await handlers.neurons({ ...base, topK: 2, layers: [1], position: 2 });
    for (const { layer, neuron, promotes, suppresses } of neurons) {
      const logits = tokenVectors.map((_, id) => logitOf(layer, neuron, id));
      const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
      expect(promotes.map(({ id }) => id)).toEqual(order.slice(0, 4));
      expect(suppresses.map(({ id }) => id)).toEqual(order.reverse().slice(0, 4));
      for (const { id, logit } of [...promotes, ...suppresses]) {
        expect(logit / logits[id]!).toBeCloseTo(1, 3);
      }
    }
  });

  it('are all of them where more are asked for, and none where none are', async () => {
    const all = await handlers.neurons({ ...base, topK: 1000, layers: [0], position: 0 });
    expect(all.neurons).toHaveLength(32);
    expect(all.neurons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const none = await handlers.neurons({ ...base, layers: [], position: 0 });
    expect(none.neurons).toEqual([]);
  });

  it.each([
    ['layer 3', { layers: [0, 3], position: 0 }, /no layer 3: the model has layers 0 to 2/],
    ['layer 0.5', { layers: [0.5], position: 0 }, /no layer 0\.5/],
    ['token 6', { layers: [0], position: 6 }, /no token 6: the text has 6/],
    ['token -1', { layers: [0], position: -1 }, /no token -1/],
  ])('of %s are refused', async (_, place, message) => {
    const failure = handlers.neurons({ ...base, ...place });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });

  it('are not looked for any further once that is cancelled', async () => {
    const cancellation = new AbortController();
    const seen: string[] = [];
    const onProgress = ({ message }: { message: string }) => {
      seen.push(message);
      if (message === 'Neurons of layer 1') cancellation.abort();
    };
    const params = { ...base, layers: [0, 1, 2], position: 0 };
    const failure = handlers.neurons(params, { signal: cancellation.signal, onProgress });
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.at(-1)).toBe('Neurons of layer 1');
  });
});

describe('one neuron', () => {
  it('has its activation at every token', async () => {
    const found = await handlers.neuron({ run, layer: 2, neuron: 17, tokens: 3 });
    expect(found).toMatchObject({ layer: 2, neuron: 17, name: 'L2N17' });
    expect(found.activations).toHaveLength(ids.length);
    for (const [i, activation] of found.activations.entries()) {
      expect(activation / blocks[2]!.mlpPost[i]![17]!).toBeCloseTo(1, 3);
    }
    expect(found.outputNorm).toBeCloseTo(Math.hypot(...reference.neuronOutputs(2)[17]!), 6);
    expect(found.promotes).toHaveLength(3);
    expect(found.promotes[0]!.logit / logitOf(2, 17, found.promotes[0]!.id)).toBeCloseTo(1, 3);
  });

  it.each([
    [3, 0, /no layer 3/],
    [0, 32, /no neuron 32: each layer has neurons 0 to 31/],
    [0, -1, /no neuron -1/],
  ])('%i, %i is refused where there is none', async (layer, neuron, message) => {
    const failure = handlers.neuron({ run, layer, neuron, tokens: 3 });
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
  });
});
