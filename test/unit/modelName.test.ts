import { expect, it } from 'vitest';
import { modelName } from '../../src/gpt/modelName';

it.each([
  ['/models/gpt2-medium', '', 'gpt2-medium'],
  ['/models/gpt2-medium/', '', 'gpt2-medium'],
  ['/media/model', 'small', 'small'],
  ['/hub/models--openai-community--gpt2/snapshots/607a30d783df', '', 'openai-community/gpt2'],
  ['/hub/models--gpt2/snapshots/607a30d783df', '', 'gpt2'],
  ['/hub/models--gpt2/snapshots', '', 'snapshots'],
])('%s with the name "%s" is called %s', (folder, nameInConfig, expected) => {
  expect(modelName(folder, nameInConfig)).toBe(expected);
});
