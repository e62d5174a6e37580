import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPass } from '../../src/gpt/forwardPass';
import { textKeysValues } from '../../src/gpt/keyValueCache';
import { Model } from '../../src/gpt/model';
import { beamSearch } from '../../src/inspection/beamSearch';
import { Branch } from '../../src/inspection/branch';
import { continueText } from '../../src/inspection/generation';
import { nextTokensAfter } from '../../src/inspection/nextTokens';
import { logitsAt } from '../../src/inspection/predictions';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * A token with cached keys and values against a pass over the same text. GPT-2 124M's shape, random
 * weights, float32. All ratios are to one pass with the last position's logits.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const greedy = { temperature: 0, topK: null, topP: 1 };
  const nucleus = { temperature: 0.8, topK: null, topP: 0.95 };
  const tokens = 4;
  const width = 4;
  const rows = [];
  for (const [n, rounds] of [
    [64, 21],
    [256, 15],
    [1000, 5],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 50257);
    const residual = await forwardPass(model, ids);
    const text = await textKeysValues(model, residual);
    const root = residual.at(-1)!.subarray(-model.config.nEmbd);
    const grown = async () => {
      const branch = new Branch(model, ids, root, () => Promise.resolve(text));
      await branch.append(11);
      return branch;
    };
    const branch = await grown();
    const before = process.resourceUsage().maxRSS;
    const add = (sampling: typeof greedy) => async () =>
      continueText(await grown(), { maxTokens: tokens, sampling, seed: 1, endIds: [] });
    const [pass, prepared, greedyTokens, sampled, candidates, beams] = await paired(
      [
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        () => textKeysValues(model, residual),
        add(greedy),
        add(nucleus),
        () => nextTokensAfter({ branch, length: 1 }, 10),
        () => beamSearch({ branch, length: 1 }, { width, length: tokens, endIds: [] }),
      ],
      rounds,
    );
    const perToken = (ratio: number) => (ratio / tokens).toFixed(3);
    rows.push({
      n,
      'pass ms': pass!.ms.toFixed(1),
      'token ms': (greedyTokens!.ms / tokens).toFixed(1),
      'a token': perToken(greedyTokens!.ratio),
      limit: n === 256 ? 0.15 : '',
      'sampled, top-p': perToken(sampled!.ratio),
      candidates: candidates!.ratio.toFixed(3),
      [`${width} beams, a token each`]: perToken(beams!.ratio),
      'once for a text': prepared!.ratio.toFixed(3),
      'text MB': megabytes(text.bytes),
      'branch MB': megabytes(branch.bytes),
      'more peak MB': megabytes((process.resourceUsage().maxRSS - before) * 1024),
    });
  }
  table(rows);
}

void main();
