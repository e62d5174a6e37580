import { describe, expect, it } from 'vitest';
import { modelFacts } from '../../src/webview/modelData';
import { inspectionOf } from './editorSamples';

const { model } = inspectionOf(['a']);
const facts = (change: Partial<typeof model>, loaded = true) => {
  const changed = { ...model, ...change };
  const all = modelFacts(changed, loaded ? changed : null, null);
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
};

describe('modelFacts', () => {
  it('tells what a model can read from what is read at once', () => {
    expect(facts({ nCtx: 1024, nCtxTrained: 1024 })['Context']).toBe('1,024 tokens');
    const limited = { nCtx: 2048, nCtxTrained: 8192 };
    expect(facts(limited)['Context']).toBe('8,192 tokens, of which 2,048 are read at once');
  });

  it('writes a small number as it was meant, not as the nearest float32', () => {
    expect(facts({ layerNormEpsilon: Math.fround(1e-5) })['Norm']).toBe('layer norm, ε 0.00001');
    expect(facts({ layerNormEpsilon: 1e-6 })['Norm']).toBe('layer norm, ε 0.000001');
    expect(facts({ layerNormEpsilon: Math.fround(1e-12) })['Norm']).toBe('layer norm, ε 1e-12');
  });
});
