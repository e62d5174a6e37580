import { createHash } from 'node:crypto';
import type { Tokenizer } from './tokenizer';
import { textEnds } from './json/beginningOfText';
import { JsonReader, type JsonObject } from './json/jsonReader';
import { JsonTokenizer } from './json/jsonTokenizer';
import { knownVocabulary } from './json/knownVocabulary';
import { cutBeforeMetaspace } from './json/pieces';
import { readNormalizers } from './json/readNormalizers';
import { readPreTokenizers } from './json/readPreTokenizers';
import {
  readAddedTokens,
  readBpeModel,
  readVocabulary,
  type BpeModel,
} from './json/vocabularyFile';

/**
 * The tokenizer that a tokenizer.json describes.
 *
 * @param json the file's contents
 * @param config those of the tokenizer_config.json beside it, if there is one
 * @param label begins the sentences of errors, such as "The tokenizer of the model in /models/x"
 * @throws {UserError} where it is of another kind than byte-pair encoding, uses what is not
 *   supported, or is damaged
 */
export async function tokenizerFromJson(
  json: unknown,
  config: unknown,
  label: string,
): Promise<Tokenizer> {
  const reader = new JsonReader(label);
  const file = reader.object(json, 'it');
  const modelFile = reader.object(file.model, '"model"');
  const vocabulary = readVocabulary(reader, modelFile);
  const added = readAddedTokens(reader, file.added_tokens, vocabulary);
  const ids = new Map(added.map(({ content, id }) => [content, id]));
  const ends = textEnds(file, config, (name) => ids.get(name) ?? vocabulary.ids.get(name));
  const known = await knownVocabulary(file, vocabulary, added);
  const end = ends.endOfTextId ?? known?.endOfTextId;
  if (known && !ends.addsBos && known.endOfTextId === end) return known;
  const model = readBpeModel(reader, modelFile, vocabulary);
  const normalizers = readNormalizers(reader, file.normalizer);
  const cutting = readPreTokenizers(reader, file.pre_tokenizer);
  if (!cutting.byteLevel) {
    cutting.metaspace ??= [...model.ids.keys()].some((name) => name.startsWith('▁')) ? '▁' : null;
    const { metaspace } = cutting;
    if (metaspace !== null) {
      const cut = cutBeforeMetaspace(metaspace, model);
      if (cut) cutting.steps.push(cut);
    }
  }
  const kind = cutting.byteLevel
    ? 'byte-level BPE'
    : model.byteFallback
      ? 'BPE with byte fallback'
      : 'BPE';
  return new JsonTokenizer({
    name: `${kind} ${fingerprint(file, model)}`,
    model,
    added,
    normalizers,
    cutting,
    ...ends,
    tooSlow: () =>
      reader.refuse(
        'cuts texts by a pattern that comes to no end on this one: choose another model.',
      ),
  });
}

/** Tells tokenizers apart that cut texts differently. */
function fingerprint(file: JsonObject, { names, merges }: BpeModel): string {
  const hash = createHash('sha256');
  const { normalizer = null, pre_tokenizer = null, added_tokens = null } = file;
  hash.update(JSON.stringify([normalizer, pre_tokenizer, added_tokens, names]));
  hash.update(Int32Array.from(merges, ({ left }) => left));
  hash.update(Int32Array.from(merges, ({ right }) => right));
  return hash.digest('hex').slice(0, 8);
}
