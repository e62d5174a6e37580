import { describe, expect, it } from 'vitest';
import {
  bundledModelFolder,
  modelFolderLabel,
  resolveModelFolder,
} from '../../src/models/modelFolder';

const bundled = bundledModelFolder('/extension');
const resolve = (setting: string) =>
  resolveModelFolder(setting, bundled, { MODELS: '/data/models', EMPTY: '' }, '/home/ada');

describe('resolveModelFolder', () => {
  it('takes the bundled model where nothing is set', () => {
    expect(resolve('')).toBe('/extension/media/model');
    expect(resolve('  ')).toBe('/extension/media/model');
  });

  it.each([
    ['/models/gpt2', '/models/gpt2'],
    ['~', '/home/ada'],
    ['~/models/gpt2', '/home/ada/models/gpt2'],
    ['/odd/~/name', '/odd/~/name'],
    ['$MODELS/gpt2', '/data/models/gpt2'],
    ['${MODELS}/gpt2', '/data/models/gpt2'],
    ['${env:MODELS}/gpt2', '/data/models/gpt2'],
    ['%MODELS%/gpt2', '/data/models/gpt2'],
    ['/models/$EMPTY/gpt2/', '/models/gpt2/'],
    ['  /models/with space ', '/models/with space'],
  ])('expands %s', (setting, folder) => {
    expect(resolve(setting)).toBe(folder);
  });

  it('says which variable is missing', () => {
    expect(() => resolve('$NOWHERE/gpt2')).toThrow(/variable NOWHERE, which is not set/);
  });

  it('refuses a relative path', () => {
    expect(() => resolve('models/gpt2')).toThrow(/"models\/gpt2" is not an absolute path/);
  });
});

describe('modelFolderLabel', () => {
  it('names the folder, and the bundled model by what it is', () => {
    expect(modelFolderLabel(bundled, bundled)).toBe('bundled model');
    expect(modelFolderLabel('/models/gpt2', bundled)).toBe('gpt2');
  });
});
