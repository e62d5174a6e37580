import { describe, expect, it } from 'vitest';
import type { InterventionEffect } from '../../src/protocol/interventions';
import { EffectAlongText } from '../../src/webview/state/effectAlongText';
import type { Loadable } from '../../src/webview/state/loader';
import { partNames, roundMost, smallBits } from '../../src/webview/whatIfWords';
import { panelState } from './webviewSamples';

describe('what a change does along the text', () => {
  it('comes piece by piece, keeps what has come when a piece fails, and goes on', () => {
    const { result } = panelState(1, 100, 0).inspection!;
    const asked: [number, number][] = [];
    let answer: (from: number, to: number) => Loadable<InterventionEffect>;
    const effect = new EffectAlongText(result, [], ({ from, to }) => {
      asked.push([from, to]);
      return answer(from, to);
    });
    const ready = (from: number, to: number): Loadable<InterventionEffect> => {
      const piece = () => new Float32Array(to - from).fill(from + 1);
      const value = { from, kl: piece(), logprobBefore: piece(), logprobAfter: piece() };
      return { status: 'ready', value };
    };
    answer = (from, to) => (from === 0 ? ready(from, to) : { status: 'failed', message: 'No.' });
    const before = effect.text.kl;
    expect(effect.advance()).toEqual({ status: 'failed', message: 'No.' });
    expect(effect.known).toBe(64);
    expect(effect.text.kl).not.toBe(before);
    expect(effect.text.kl[63]).toBe(1);
    expect(effect.text.kl[64]).toBeNaN();
    answer = ready;
    expect(effect.advance()).toBeNull();
    expect(effect.text.logprobAfter[99]).toBe(65);
    expect(asked).toEqual([[0, 64], [64, 100], [64, 100]]); // prettier-ignore
    expect(effect.advance()).toBeNull();
    expect(asked).toHaveLength(3);
  });

  it('is said in bits, and drawn up to a round number of them', () => {
    expect(smallBits(Math.LN2 / 2)).toBe('0.50 bits');
    expect(smallBits(0)).toBe('0.00 bits');
    expect(smallBits(Math.LN2 * 0.001234)).toBe('0.001234 bits');
    expect(roundMost(Float32Array.of(NaN, Math.LN2 * 3, 0))).toBe(5);
    expect(roundMost(Float32Array.of(NaN, 0))).toBe(1);
  });

  it('names the parts that are changed, each once', () => {
    const mlp = (layer: number) => ({ kind: 'ablateMlp', layer, by: 'zero' }) as const;
    expect(partNames([mlp(0), mlp(0)])).toBe('L0 MLP');
    expect(partNames([mlp(0), mlp(1)])).toBe('L0 MLP and L1 MLP');
    const names = partNames([0, 1, 2, 3, 4, 5].map(mlp));
    expect(names).toBe('L0 MLP, L1 MLP, L2 MLP, L3 MLP and 2 more');
  });
});
