import { byteNames } from '../byteNames';
import { openAiVocabularies, type OpenAiVocabulary } from '../openAiVocabularies';
import type { Tokenizer } from '../tokenizer';
import { isObject, type JsonObject } from './jsonReader';
import type { AddedDefinition, NamedTokens } from './vocabularyFile';

/** The patterns by which tokenizer.json files of these vocabularies cut texts. */
const patterns = {
  cl100k: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  o200k: String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};

/**
 * The tokenizer of OpenAI's that a file describes, token by token, with nothing added to it or left
 * out of it but special tokens; else null.
 */
export async function knownVocabulary(
  file: JsonObject,
  vocabulary: NamedTokens,
  added: readonly AddedDefinition[],
): Promise<Tokenizer | null> {
  if (file.normalizer !== null && file.normalizer !== undefined) return null;
  for (const known of openAiVocabularies) {
    if (!mayBe(known, vocabulary, added) || !cutsLike(known, file.pre_tokenizer)) continue;
    const tokenizer = await known.load();
    if (isSame(known, tokenizer, vocabulary)) return tokenizer;
  }
  return null;
}

/** What is quick to see. */
function mayBe(
  { tokens, specialTokens }: OpenAiVocabulary,
  { ids }: NamedTokens,
  added: readonly AddedDefinition[],
): boolean {
  let ordinary = ids.size;
  for (const name of specialTokens.keys()) if (ids.has(name)) ordinary--;
  return (
    ordinary === tokens &&
    added.every(
      ({ content, id, special, lstrip, rstrip, singleWord }) =>
        special && !lstrip && !rstrip && !singleWord && specialTokens.get(content) === id,
    )
  );
}

function cutsLike({ pattern }: OpenAiVocabulary, value: unknown): boolean {
  if (!isObject(value)) return false;
  if (pattern === 'r50k') {
    const { type, add_prefix_space: prefix, use_regex: cuts } = value;
    return type === 'ByteLevel' && prefix === false && (cuts ?? true) === true;
  }
  const steps: unknown = value.pretokenizers;
  if (value.type !== 'Sequence' || !Array.isArray(steps) || steps.length !== 2) return false;
  const [split, bytes] = steps as unknown[];
  return (
    isObject(split) &&
    isObject(split.pattern) &&
    split.pattern.Regex === patterns[pattern] &&
    isObject(bytes) &&
    bytes.type === 'ByteLevel' &&
    bytes.add_prefix_space === false &&
    bytes.use_regex === false
  );
}

function isSame(
  { specialTokens }: OpenAiVocabulary,
  tokenizer: Tokenizer,
  { ids }: NamedTokens,
): boolean {
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (!tokenizer.has(id) || tokenizer.isSpecial(id)) continue;
    let name = '';
    for (const byte of tokenizer.bytesOf(id)) name += byteNames[byte]!;
    if (ids.get(name) !== id) return false;
  }
  for (const [name, id] of specialTokens) if ((ids.get(name) ?? id) !== id) return false;
  return true;
}
