import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/editor/settings';
import { UserError } from '../../src/protocol/userError';

const defaults = {
  model: '',
  topK: 10,
  context: 'selection',
  notebookContext: 'cell',
  beginningOfText: 'auto',
  specialTokens: 'text',
  hover: true,
  threads: 0,
  contextLimit: 2048,
  mapWeights: 'auto',
};
const read = (changes: Record<string, unknown>) => {
  const values: Record<string, unknown> = { ...defaults, ...changes };
  return readSettings((key) => values[key]);
};

describe('readSettings', () => {
  it('hands over what is right', () => {
    const { beginningOfText: bos, ...same } = defaults;
    expect(read({})).toEqual({ ...same, bos });
    expect(read({ context: 'document', topK: 100, threads: 64 })).toMatchObject({
      context: 'document',
      topK: 100,
      threads: 64,
    });
  });

  it.each([
    ['auto', 'auto'],
    ['always', true],
    ['never', false],
    // As the setting was before.
    [true, true],
    [false, false],
  ])('reads beginningOfText %j', (value, bos) => {
    expect(read({ beginningOfText: value }).bos).toBe(bos);
  });

  it.each([
    ['topK', 0],
    ['topK', 101],
    ['topK', 2.5],
    ['topK', '10'],
    ['threads', -1],
    ['threads', 65],
    ['contextLimit', 15],
    ['contextLimit', 131_073],
    ['mapWeights', true],
    ['context', 'paragraph'],
    ['notebookContext', 'below'],
    ['model', 7],
    ['model', null],
    ['hover', 'yes'],
    ['beginningOfText', 1],
    ['beginningOfText', 'sometimes'],
    ['specialTokens', 'tokens'],
  ])('refuses %s = %j in a sentence that names both', (key, value) => {
    const attempt = () => read({ [key]: value });
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(`forwardPass.${key} is ${JSON.stringify(value)}`);
  });
});
