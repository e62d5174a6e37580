import { describe, expect, it } from 'vitest';
import { samplingWords } from '../../src/webview/samplingWords';
import { branchCandidates } from '../../src/webview/branchCandidates';

describe('how samples are drawn', () => {
  it('is said in words, and only what is not plain', () => {
    expect(samplingWords({ temperature: 1, topK: null, topP: 1 })).toBe(
      'samples from the full distribution',
    );
    expect(samplingWords({ temperature: 0, topK: 40, topP: 0.5 })).toBe(
      'samples at temperature 0, greedy',
    );
    expect(samplingWords({ temperature: 0.7, topK: 40, topP: 1 })).toBe(
      'samples with temperature 0.7, top-k 40',
    );
    expect(samplingWords({ temperature: 1, topK: null, topP: 0.9 })).toBe('samples with top-p 0.9');
  });
});

describe('what may come after a branch', () => {
  it('is in the order of the model, and marks what came in the text', () => {
    const top = [3, 7].map((id) => ({ id, text: ` t${id}`, logit: id, logprob: -id, probability: 1 / id })); // prettier-ignore
    const end = { path: [], entropy: 1, top } as never;
    const { rows, actual } = branchCandidates(end, { id: 7 } as never);
    expect(rows.map(({ id, rank, actual }) => [id, rank, actual])).toEqual([
      [3, 1, false],
      [7, 2, true],
    ]);
    expect(actual).toBeNull();
    expect(branchCandidates(end, undefined).rows.some((row) => row.actual)).toBe(false);
  });
});
