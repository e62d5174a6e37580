import { expect, it } from 'vitest';
import { largestDifferences } from '../../src/webview/comparedTexts';

it('largest differences come first, and equal tokens not at all', () => {
  const pairs = [0.004, -3, null, 1].map((difference, a) => ({ a, b: a, difference }));
  const compared = { comparison: { pairs } } as never;
  expect(largestDifferences(compared, 8).map(({ a }) => a)).toEqual([1, 3]);
  expect(largestDifferences(compared, 1).map(({ a }) => a)).toEqual([1]);
});
