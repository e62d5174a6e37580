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
      text: '$(search-sparkle) Test GPT · 3 tok · ppl 8',
      spoken: 'Test GPT, 3 tokens, perplexity 8',
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
    expect(statusText(single).text).toBe('$(search-sparkle) Test GPT · 1 tok');
  });

  it('shortens a long name, but not for those who listen', () => {
    const result = inspectionOf(['a', 'b', 'c']);
    result.model.name = 'a-model-with-a-very-long-name';
    const named = { ...done, inspection: { ...done.inspection!, result } };
    const { text, spoken } = statusText(named);
    expect(text).toContain(' a-model-with-a-very… · 3 tok');
    expect(spoken).toContain('a-model-with-a-very-long-name, 3 tokens');
  });

  it('says whose figures they are, also when another model was chosen since', () => {
    const settings = { topK: 10, modelName: 'Other GPT' };
    expect(statusText({ ...done, settings }).text).toContain('Test GPT · 3 tok');
    const busy = { stage: 'loading', message: '', fraction: 0.5 } as const;
    expect(statusText({ ...done, settings, busy }).spoken).toBe('Loading Other GPT 50 %');
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
