import { describe, expect, it } from 'vitest';
import { namedToken } from '../../src/inspection/namedToken';
import { tokenizerOf } from '../../src/tokenizer/tokenizerOf';

// Ids by tiktoken's r50k_base.
describe('a named token', async () => {
  const tokenizer = await tokenizerOf('');
  const id = (name: string) => namedToken(name, tokenizer, 50257);

  it.each([
    ['king', 5822], // " king"
    ['"king"', 3364],
    ["'king'", 3364],
    [' king', 5822],
    ['464', 464],
    ['"464"', 44578],
    ['\n', 198],
    ['<|endoftext|>', 50256],
    ['"<|endoftext|>"', 50256],
  ])('%j is token %i', async (name, expected) => {
    expect(await id(name)).toBe(expected);
  });

  it.each([
    ['', /An empty text/],
    ['""', /An empty text/],
    ['50257', /ids go from 0 to 50256/],
    ['antidisestablishmentarianism', /is \d tokens \(ant.*but one is needed/],
  ])('%j is refused in a sentence', async (name, message) => {
    await expect(id(name)).rejects.toThrow(message);
  });
});
