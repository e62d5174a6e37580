import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenizerFromJson } from '../../src/tokenizer/tokenizerFromJson';
import type { GgufValue } from '../../src/weights/gguf/cursor';
import { GgufMetadata } from '../../src/weights/gguf/metadata';
import { readGguf } from '../../src/weights/gguf/readGguf';
import { scoreMerges } from '../../src/weights/gguf/scoreMerges';
import { vocabularyOf } from '../../src/weights/gguf/vocabulary';

const here = (...path: string[]) => join(import.meta.dirname, ...path);
const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(here(...path), 'utf8'));

async function encode(metadata: GgufMetadata, text: string): Promise<number[]> {
  const { json, config } = vocabularyOf(metadata);
  const tokenizer = await tokenizerFromJson(json, config, 'The tokenizer');
  return Array.from((await tokenizer.encode(text)).ids());
}

it("a GGUF file's vocabulary cuts texts as Hugging Face's tokenizers does", async () => {
  const file = await readGguf(here('gguf', 'data', 'float32', 'model.gguf'));
  const metadata = new GgufMetadata(file.metadata, file.fileName);
  const cases = readJson('gguf', 'data', 'tokens.json') as { text: string; ids: number[] }[];
  for (const { text, ids } of cases) expect(await encode(metadata, text)).toEqual(ids);
});

interface Family {
  tokenizer: {
    added_tokens: { id: number; content: string; special: boolean }[];
    model: { vocab: Record<string, number>; merges: [string, string][] };
  };
  /** Index of a text, and ids. */
  cases: [text: number, ids: string][];
}

/** The families' tokenizers as GGUF holds them, by what llama.cpp calls their way of cutting. */
describe.each([
  ['gpt2', 'gpt-2', 'gpt2'],
  ['gpt2', 'default', 'gpt2'],
  ['neox', 'olmo', 'gptneox'],
  ['neox', '', 'gptneox'],
  ['smollm', 'smollm', 'llama'],
  ['llama3', 'llama-bpe', 'llama'],
  ['qwen2', 'qwen2', 'qwen2'],
  ['o200k', 'gpt-4o', 'phi3'],
])('the vocabulary of %s, cut in the way "%s"', (name, pre, architecture) => {
  it("is read as Hugging Face's tokenizers reads the original", async () => {
    const { tokenizer, cases } = readJson('tokenizer', 'families', `${name}.json`) as Family;
    const texts = (readJson('tokenizer', 'families', 'texts.json') as { cases: string[] }).cases;
    const { model, added_tokens: added } = tokenizer;
    const tokens: string[] = [];
    const kinds: number[] = [];
    for (const [text, id] of Object.entries(model.vocab)) [tokens[id], kinds[id]] = [text, 1];
    for (const { id, content, special } of added) {
      [tokens[id], kinds[id]] = [content, special ? 3 : 4];
    }
    const entries: [string, GgufValue][] = [
      ['general.architecture', architecture],
      ['tokenizer.ggml.model', 'gpt2'],
      ...(pre === '' ? [] : [['tokenizer.ggml.pre', pre] as [string, string]]),
      ['tokenizer.ggml.tokens', tokens],
      ['tokenizer.ggml.token_type', kinds],
      ['tokenizer.ggml.merges', model.merges.map((merge) => merge.join(' '))],
    ];
    const vocabulary = vocabularyOf(new GgufMetadata(new Map(entries), 'model.gguf'));
    const ours = await tokenizerFromJson(vocabulary.json, vocabulary.config, 'The tokenizer');
    for (const [text, ids] of cases) {
      const read = await ours.encode(texts[text]!);
      expect(Array.from(read.ids()).join(' '), texts[text]).toBe(ids);
    }
  });
});

interface SentencePiece {
  prefix: boolean;
  pieces: string[];
  scores: number[];
  kinds: number[];
  merges: [string, string][];
  texts: { text: string; ids: number[] }[];
}

describe.each(readJson('gguf', 'data', 'sentencePiece.json') as SentencePiece[])(
  "SentencePiece's vocabulary, with a space in front: $prefix",
  ({ prefix, pieces, scores, kinds, merges, texts }) => {
    const metadata = new GgufMetadata(
      new Map<string, GgufValue>([
        ['general.architecture', 'llama'],
        ['tokenizer.ggml.model', 'llama'],
        ['tokenizer.ggml.tokens', pieces],
        ['tokenizer.ggml.scores', scores],
        ['tokenizer.ggml.token_type', kinds],
        ['tokenizer.ggml.add_space_prefix', prefix],
        ['tokenizer.ggml.bos_token_id', 1],
      ]),
      'model.gguf',
    );

    it('has the merges that transformers derives from the scores', () => {
      const normal = pieces.flatMap((piece, id): [string, { id: number; score: number }][] =>
        kinds[id] === 1 ? [[piece, { id, score: scores[id]! }]] : [],
      );
      expect(scoreMerges(new Map(normal))).toEqual(merges);
    });

    it('cuts texts as sentencepiece does', async () => {
      for (const { text, ids } of texts) expect(await encode(metadata, text)).toEqual(ids);
    });
  },
);
