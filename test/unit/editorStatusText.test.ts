import { describe, expect, it } from 'vitest';
import { statusDetails, statusText } from '../../src/editor/statusText';
import type { SessionState } from '../../src/editor/inspectionSession';
import { inspectionOf } from './editorSamples';

const idle: SessionState = {
  inspection: null,
  busy: null,
  error: null,
  position: null,
  settings: { topK: 10, modelName: 'GPT-2' },
  compareWish: null,
};
const done: SessionState = {
  ...idle,
  position: 0,
  inspection: {
    serial: 1,
    source: 'notes.md:3',
    revealable: true,
    result: inspectionOf(['a', 'b', 'c']),
  },
};

describe('statusText', () => {
  it('names the extension before there is anything to say', () => {
    expect(statusText(idle)).toMatchObject({
      text: '$(search-sparkle) Forward Pass',
      failed: false,
    });
  });

  it('shows tokens and perplexity', () => {
    expect(statusText(done)).toEqual({
      text: '$(search-sparkle) GPT-2 · 3 tok · ppl 8',
      spoken: 'GPT-2, 3 tokens, perplexity 8',
      failed: false,
    });
  });

  it.each([
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [54207.4, '54,207'],
  ])('rounds a perplexity of %d to %s', (perplexity, shown) => {
    const result = inspectionOf(['a', 'b']);
    result.totals.perplexity = perplexity;
    const state = { ...done, inspection: { ...done.inspection!, result } };
    expect(statusText(state).text).toMatch(new RegExp(`ppl ${shown}$`));
  });

  it('shows no perplexity where no token has an expectation', () => {
    const result = inspectionOf(['a']);
    result.totals.perplexity = null;
    const single = { ...done, inspection: { ...done.inspection!, result } };
    expect(statusText(single).text).toBe('$(search-sparkle) GPT-2 · 1 tok');
  });

  it('shortens a long name, but not for those who listen', () => {
    const settings = { topK: 10, modelName: 'a-model-with-a-very-long-name' };
    const { text, spoken } = statusText({ ...done, settings });
    expect(text).toContain(' a-model-with-a-very… · 3 tok');
    expect(spoken).toContain('a-model-with-a-very-long-name, 3 tokens');
  });

  it('tells loading from running, with progress where it is known', () => {
    const busy = (stage: 'loading' | 'forward', fraction: number | null) =>
      statusText({ ...done, busy: { stage, message: '', fraction } }).text;
    expect(busy('loading', 0.404)).toBe('$(loading~spin) Loading GPT-2 40 %');
    expect(busy('forward', null)).toBe('$(loading~spin) Running GPT-2');
  });

  it('stands out after a failure', () => {
    expect(statusText({ ...done, error: 'It stopped.' })).toMatchObject({
      spoken: 'Forward Pass: It stopped.',
      failed: true,
    });
  });
});

describe('statusDetails', () => {
  it('lists what the last inspection was', () => {
    const details = Object.fromEntries(statusDetails(done));
    expect(details).toMatchObject({
      Model: 'Test GPT (gpt2, 123,456 parameters)',
      Text: 'notes.md:3',
      Tokens: '3',
      Perplexity: '8',
    });
    expect(details).not.toHaveProperty('Left out');
  });

  it('says what was left out', () => {
    const result = { ...inspectionOf(['a']), truncated: { tokens: 1200, characters: 9 } };
    const details = statusDetails({ ...done, inspection: { ...done.inspection!, result } });
    expect(Object.fromEntries(details)['Left out']).toContain('1,200 tokens');
  });
});
