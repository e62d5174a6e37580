import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SpecialTokensIn } from '../../src/protocol/textReading';
import { tokenizerFromJson } from '../../src/tokenizer/tokenizerFromJson';
import type { Tokenizer } from '../../src/tokenizer/tokenizer';

/**
 * What Hugging Face's tokenizers makes of a text with a small tokenizer of each family: the text's
 * index, ids and ranges; and again with special tokens as tokens, where that differs.
 * tokenizer/families.py makes them.
 */
type Case = [text: number, ids: string, ranges: string, ids?: string, ranges?: string];

interface Family {
  config: Record<string, unknown>;
  inFront: number | null;
  tokenizer: { model: { vocab: Record<string, number> } };
  cases: Case[];
}

const folder = join(import.meta.dirname, 'tokenizer/families');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const texts = (read('texts.json') as { cases: string[] }).cases;
const families = readdirSync(folder)
  .filter((name) => name !== 'texts.json')
  .map((name) => ({ name: name.replace('.json', ''), ...(read(name) as Family) }));

describe.each(families)('$name', ({ name, config, inFront, tokenizer: file, cases }) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await tokenizerFromJson(file, config, `The tokenizer ${name}`);
  });

  it('agrees with Hugging Face where texts are ordinary text', async () => {
    for (const [text, ids, ranges] of cases) {
      await expectTokens(tokenizer, texts[text]!, 'text', ids, ranges);
    }
  });

  it('agrees with Hugging Face where special tokens are tokens', async () => {
    for (const [text, ids, ranges, specialIds, specialRanges] of cases) {
      await expectTokens(
        tokenizer,
        texts[text]!,
        'token',
        specialIds ?? ids,
        specialRanges ?? ranges,
      );
    }
  });

  it('puts in front what Hugging Face puts there', () => {
    expect(tokenizer.addsBos ? tokenizer.bosTokenId : null).toBe(
      config.add_bos_token === true || /^Llama/.test(String(config.tokenizer_class))
        ? tokenizer.bosTokenId
        : inFront,
    );
    if (inFront !== null) expect(tokenizer.bosTokenId).toBe(inFront);
  });

  it('has tokens whose bytes are the text', async () => {
    for (const [index] of cases) {
      const text = texts[index]!;
      for (const special of ['text', 'token'] as const) {
        const encoded = await tokenizer.encode(text, undefined, undefined, special);
        const tokens = encoded.slice();
        const bytes = Buffer.from(tokens.flatMap((token) => token.bytes));
        expect(bytes.toString(), JSON.stringify(text)).toBe(Buffer.from(text).toString());
        const { byteLengths } = encoded.columns();
        expect(Array.from(byteLengths)).toEqual(tokens.map((token) => token.bytes.length));
      }
    }
  });
});

async function expectTokens(
  tokenizer: Tokenizer,
  text: string,
  special: SpecialTokensIn,
  ids: string,
  ranges: string,
): Promise<void> {
  const message = `${special} ${JSON.stringify(text)}`;
  const tokens = (await tokenizer.encode(text, undefined, undefined, special)).slice();
  expect(tokens.map(({ id }) => id).join(' '), message).toBe(ids);
  let done = 0;
  const got = tokens.map(({ start, end }) => {
    const range = start === done ? `${end - start}` : `${start}-${end}`;
    done = end;
    return range;
  });
  expect(got.join(' '), message).toBe(ranges);
}
