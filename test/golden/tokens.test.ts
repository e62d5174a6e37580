import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAiVocabularies } from '../../src/tokenizer/openAiVocabularies';
import { loadR50kBase } from '../../src/tokenizer/r50kBase';
import type { Tokenizer } from '../../src/tokenizer/tokenizer';

/**
 * What tiktoken and Hugging Face's tokenizers both say of a text. tokenizer/generate.py makes them.
 */
interface ShortCase {
  group: string;
  text: string;
  /** Separated by spaces. */
  ids: string;
  /** UTF-16 ranges, `start-end`, separated by spaces. */
  ranges: string;
}

type LongCase = LongText & {
  tokens: number;
  /** Of the ids in decimal, separated by commas. */
  sha256: string;
};
type LongText =
  { repeat: string; times: number } | { letters: string; length: number; seed: number };

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'tokenizer/r50k.json'), 'utf8'),
) as { short: ShortCase[]; long: LongCase[] };
const groups = [...new Set(golden.short.map(({ group }) => group))];

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadR50kBase();
});

describe('r50k_base agrees with tiktoken and Hugging Face', () => {
  it.each(groups)('%s', async (group) => {
    for (const { text, ids, ranges } of golden.short.filter((one) => one.group === group)) {
      const tokens = (await tokenizer.encode(text)).slice();
      expect(tokens.map(({ id }) => id).join(' '), JSON.stringify(text)).toBe(ids);
      const got = tokens.map(({ start, end }) => `${start}-${end}`).join(' ');
      expect(got, JSON.stringify(text)).toBe(ranges);
    }
  });

  it.each(golden.long.map((long) => ({ ...long, title: titleOf(long) })))(
    '$title',
    async (long) => {
      const ids = (await tokenizer.encode(writtenOut(long))).ids();
      expect(ids.length).toBe(long.tokens);
      expect(createHash('sha256').update(ids.join(',')).digest('hex')).toBe(long.sha256);
    },
  );
});

/** What tiktoken makes of the same texts; null where the ids are those of r50k_base. */
const later = JSON.parse(
  readFileSync(join(import.meta.dirname, 'tokenizer/openai.json'), 'utf8'),
) as Record<string, { short: (string | null)[]; long: string[] }>;

describe.each(['p50k_base', 'cl100k_base', 'o200k_base'])('%s agrees with tiktoken', (name) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await openAiVocabularies.find((known) => known.name === name)!.load();
  });

  it('on short texts, whose bytes the tokens are', async () => {
    for (const [index, { text, ids }] of golden.short.entries()) {
      const encoded = await tokenizer.encode(text);
      const expected = later[name]!.short[index] ?? ids;
      expect(Array.from(encoded.ids()).join(' '), JSON.stringify(text)).toBe(expected);
      const bytes = Buffer.from(encoded.slice().flatMap((token) => token.bytes));
      expect(bytes.toString()).toBe(Buffer.from(text).toString());
    }
  });

  it('on long texts', async () => {
    for (const [index, long] of golden.long.entries()) {
      const ids = (await tokenizer.encode(writtenOut(long))).ids();
      const digest = createHash('sha256').update(ids.join(',')).digest('hex');
      expect(digest, titleOf(long)).toBe(later[name]!.long[index]);
    }
  });
});

function titleOf(long: LongText): string {
  if ('repeat' in long) return `${long.times} × ${JSON.stringify(long.repeat)}`;
  return `${long.length} of ${JSON.stringify(long.letters)}`;
}

/** The text of a long case, as `written_out` in generate.py makes it. */
function writtenOut(long: LongText): string {
  if ('repeat' in long) return long.repeat.repeat(long.times);
  const letters = Array.from(long.letters);
  let state = BigInt(long.seed);
  let text = '';
  for (let i = 0; i < long.length; i++) {
    state = (state * 1103515245n + 12345n) % 2n ** 31n;
    text += letters[Number(state >> 16n) % letters.length]!;
  }
  return text;
}
