import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { softmax } from '../../src/gpt/softmax';
import { beamSearch } from '../../src/inspection/beamSearch';
import { Branch } from '../../src/inspection/branch';

const folder = join(import.meta.dirname, '../golden/data/base');
const prompt = [3, 141, 59, 26, 535, 89];
let model: Model;
beforeAll(async () => {
  model = await Model.load(folder, 1);
});
afterAll(() => model.release());

interface Sequence {
  ids: number[];
  logprob: number;
}

/** log p(next) after a text: a whole pass, and a softmax in float64. */
async function logprobsAfter(ids: number[]): Promise<number[]> {
  const window = ids.slice(-model.config.nCtx);
  const last = (await forwardPass(model, window)).at(-1)!.subarray(-model.config.nEmbd);
  return Array.from(softmax(await model.logits(last)), Math.log);
}

/** The same search without any shortcut: all continuations of all running sequences, sorted. */
async function plainSearch(text: number[], width: number, length: number, stopId: number | null) {
  let running: Sequence[] = [{ ids: [], logprob: 0 }];
  const ended: Sequence[] = [];
  for (let step = 0; step < length; step++) {
    const ways: Sequence[] = [];
    for (const { ids, logprob } of running) {
      const logprobs = await logprobsAfter([...text, ...ids]);
      logprobs.forEach((own, id) => ways.push({ ids: [...ids, id], logprob: logprob + own }));
    }
    ways.sort((a, b) => b.logprob - a.logprob);
    ended.push(...ways.slice(0, width).filter(({ ids }) => ids.at(-1) === stopId));
    running = ways.filter(({ ids }) => ids.at(-1) !== stopId).slice(0, width);
  }
  return [...ended, ...running].sort((a, b) => b.logprob - a.logprob).slice(0, width);
}

async function search(text: number[], width: number, length: number, stopId: number | null) {
  const branch = await Branch.of(model, text);
  return beamSearch(
    { branch, length: 0 },
    { width, length, endIds: stopId === null ? [] : [stopId] },
  );
}

it.each([
  [1, 6],
  [3, 5],
  [7, 4],
])('finds what a search without shortcuts finds, %d wide and %d long', async (width, length) => {
  const expected = await plainSearch(prompt, width, length, null);
  const beams = await search(prompt, width, length, null);
  expect(beams.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
    expected.map(({ ids }) => ids),
  );
  for (const [i, { tokens, logprob }] of beams.entries()) {
    expect(logprob).toBeCloseTo(expected[i]!.logprob, 4);
    expect(logprob).toBeCloseTo(tokens.reduce((sum, token) => sum + token.logprob, 0), 9); // prettier-ignore
  }
});

it('sets aside what has ended, and goes on with others', async () => {
  // The second likeliest first token ends the text: one sequence ends at once.
  const logprobs = await logprobsAfter(prompt);
  const stopId = [...logprobs.keys()].sort((a, b) => logprobs[b]! - logprobs[a]!)[1]!;
  const beams = await search(prompt, 3, 4, stopId);
  const expected = await plainSearch(prompt, 3, 4, stopId);
  expect(beams.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
    expected.map(({ ids }) => ids),
  );
  expect(beams.filter(({ ended }) => ended).map(({ tokens }) => tokens.length)).toContain(1);
});

it('follows as many as are wanted, also where the likeliest end at once', async () => {
  for (let start = 0; start < 40; start++) {
    const text = [start, 17 * start, 300 - start].map((id) => id % 600);
    const logprobs = await logprobsAfter(text);
    const stopId = logprobs.indexOf(Math.max(...logprobs));
    const found = await search(text, 3, 3, stopId);
    const expected = await plainSearch(text, 3, 3, stopId);
    expect(found.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
      expected.map(({ ids }) => ids),
    );
  }
});

it('goes on when the context is full', async () => {
  const long = Array.from({ length: model.config.nCtx - 1 }, (_, i) => (i * 31) % 600);
  const expected = await plainSearch(long, 2, 3, null);
  const beams = await search(long, 2, 3, null);
  expect(beams.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
    expected.map(({ ids }) => ids),
  );
});

it('starts from any place of a branch', async () => {
  const branch = await Branch.of(model, prompt);
  for (const id of [8, 9, 10]) await branch.append(id);
  const beams = await beamSearch({ branch, length: 1 }, { width: 2, length: 3, endIds: [] });
  const expected = await plainSearch([...prompt, 8], 2, 3, null);
  expect(beams.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
    expected.map(({ ids }) => ids),
  );
});
