import { describe, expect, it } from 'vitest';
import { FullDistribution, summaryCandidates } from '../../src/webview/distribution';
import { plainSampling } from '../../src/webview/state/choices/nextToken';
import { token } from './webviewSamples';

const vocabulary = ['a', 'b', 'c', 'd'];
const logits = Float32Array.from([0.5, 0.125, 0.25, 0.125], Math.log); // b and d are equal

describe('the full distribution', () => {
  it("is the model's own where nothing is sampled", () => {
    const full = new FullDistribution(logits);
    const { rows, actual, kept } = full.candidates(plainSampling, 4, vocabulary, undefined);
    expect(rows.map(({ text }) => text)).toEqual(['a', 'c', 'b', 'd']);
    expect(rows.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
    rows.forEach(({ probability, own, logprob, logit, id }) => {
      expect(probability).toBe(own);
      expect(logprob).toBeCloseTo(Math.log(own), 6);
      expect(logit).toBe(logits[id]);
    });
    expect(rows.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(actual).toBeNull();
    expect(kept).toEqual({ tokens: 4, mass: 1 });
    expect(full.entropy / Math.LN2).toBeCloseTo(1.75, 6);
  });

  it('is renormalised where something is cut off, and says how much was kept', () => {
    const full = new FullDistribution(logits);
    const sampling = { temperature: 1, topK: 2, topP: 1 };
    const { rows, kept } = full.candidates(sampling, 4, vocabulary, undefined);
    expect(rows.map(({ probability }) => Number(probability.toFixed(6)))).toEqual([
      0.666667, 0.333333, 0, 0,
    ]);
    expect(rows.map(({ own }) => Number(own.toFixed(6)))).toEqual([0.5, 0.25, 0.125, 0.125]);
    expect(kept!.tokens).toBe(2);
    expect(kept!.mass).toBeCloseTo(0.75, 6);
  });

  it('has the most likely token alone at temperature 0', () => {
    const sampling = { temperature: 0, topK: null, topP: 1 };
    const full = new FullDistribution(logits);
    const { rows, kept } = full.candidates(sampling, 4, vocabulary, undefined);
    expect(rows.map(({ probability }) => probability)).toEqual([1, 0, 0, 0]);
    expect(kept!.tokens).toBe(1);
  });

  it('marks the token with which the text goes on, wherever it stands', () => {
    const full = new FullDistribution(logits);
    const next = token({ id: 3, text: 'd' });
    const all = full.candidates(plainSampling, 4, vocabulary, next);
    expect(all.rows.map(({ actual }) => actual)).toEqual([false, false, false, true]);
    expect(all.actual).toBeNull();
    const short = full.candidates(plainSampling, 2, vocabulary, next);
    expect(short.rows).toHaveLength(2);
    expect(short.actual).toMatchObject({ text: 'd', rank: 4, actual: true });
  });

  it('agrees with the summary that is shown before it', () => {
    const full = new FullDistribution(logits);
    const { rows, actual } = full.candidates(plainSampling, 2, vocabulary, token({ id: 1 }));
    const here = token({ top: rows.map(({ id, text, logprob }) => ({ id, text, logprob })) });
    const next = token({ id: 1, text: 'b', logprob: actual!.logprob, rank: actual!.rank });
    const summary = summaryCandidates(here, next);
    expect(summary.rows.map(({ id, rank }) => [id, rank])).toEqual(
      rows.map(({ id, rank }) => [id, rank]),
    );
    expect(summary.rows[0]!.probability).toBeCloseTo(rows[0]!.probability, 6);
    expect(summary.actual).toMatchObject({ text: 'b', rank: 3, logit: null });
    expect(summary.kept).toBeNull();
  });
});
