import { isObject, quoted, type JsonObject, type JsonReader } from './jsonReader';
import type { Merge } from './pairMerge';

/** Ids go up to here: four times the largest vocabulary that there is. */
const MAX_ID = 2 ** 20;

/** The names of tokens. */
export interface NamedTokens {
  /** By id; undefined where there is none. */
  names: readonly (string | undefined)[];
  ids: ReadonlyMap<string, number>;
}

/** The `model` of a tokenizer.json: byte-pair encoding, with its vocabulary and merges. */
export interface BpeModel extends NamedTokens {
  /** By rank. */
  merges: readonly Merge[];
  /** What stands for characters that no token is made of; null where they are left out. */
  unknownId: number | null;
  /** Neighbouring unknown characters are one token. */
  fuseUnknown: boolean;
  /** Characters without a token are written in tokens of single bytes, `<0x0A>`. */
  byteFallback: boolean;
  /** A piece that is a token is that token, whatever merging would give. */
  ignoreMerges: boolean;
}

/**
 * The vocabulary of a byte-pair encoding.
 *
 * @throws {UserError} where the model is of another kind, or damaged.
 */
export function readVocabulary(reader: JsonReader, model: JsonObject): NamedTokens {
  // Old files name no type; only byte-pair encoding has merges.
  const type = model.type ?? (model.merges ? 'BPE' : Array.isArray(model.vocab) ? 'Unigram' : null);
  if (type !== 'BPE') {
    throw reader.refuse(
      `is of the kind ${quoted(type ?? 'WordPiece').slice(1, -1)}, but only byte-pair encoding ` +
        '(BPE) is supported: choose another model.',
    );
  }
  for (const option of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    if (model[option]) throw reader.unsupported(`the option ${option}`);
  }
  return readNames(reader, reader.object(model.vocab, 'its vocabulary'));
}

/** @throws {UserError} where it is damaged. */
export function readBpeModel(
  reader: JsonReader,
  model: JsonObject,
  { names, ids }: NamedTokens,
): BpeModel {
  const unknown = model.unk_token ?? null;
  if (unknown !== null && !ids.has(reader.string(unknown, 'its unknown token'))) {
    throw reader.damaged(`its unknown token ${quoted(unknown)} is not in the vocabulary`);
  }
  return {
    names,
    ids,
    merges: readMerges(reader, reader.array(model.merges, 'its list of merges'), ids),
    unknownId: unknown === null ? null : ids.get(unknown as string)!,
    fuseUnknown: reader.boolean(model.fuse_unk, 'fuse_unk', false),
    byteFallback: reader.boolean(model.byte_fallback, 'byte_fallback', false),
    ignoreMerges: reader.boolean(model.ignore_merges, 'ignore_merges', false),
  };
}

/** @throws {UserError} where it is no id of a token. */
export function readId(reader: JsonReader, name: string, id: unknown): number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < MAX_ID) return id as number;
  throw reader.damaged(`the token ${quoted(name)} has the id ${quoted(id)}`);
}

function readNames(reader: JsonReader, vocabulary: JsonObject): NamedTokens {
  const names: (string | undefined)[] = [];
  const ids = new Map<string, number>();
  for (const name of Object.keys(vocabulary)) {
    const id = readId(reader, name, vocabulary[name]);
    const other = names[id];
    if (other !== undefined) {
      throw reader.damaged(
        `the tokens ${quoted(other)} and ${quoted(name)} have the same id, ${id}`,
      );
    }
    names[id] = name;
    ids.set(name, id);
  }
  if (ids.size === 0) throw reader.damaged('its vocabulary is empty');
  return { names, ids };
}

function readMerges(
  reader: JsonReader,
  list: readonly unknown[],
  ids: ReadonlyMap<string, number>,
): Merge[] {
  return list.map((entry) => {
    // Either "a b", or ["a", "b"]: only so can a token have a space in it.
    const parts: unknown = typeof entry === 'string' ? entry.split(' ') : entry;
    if (
      !Array.isArray(parts) ||
      parts.length !== 2 ||
      !parts.every((part) => typeof part === 'string' && part !== '')
    ) {
      throw reader.damaged(`${quoted(entry)} is no merge of two tokens`);
    }
    const [left, right] = parts as [string, string];
    const merge = { left: ids.get(left), right: ids.get(right), result: ids.get(left + right) };
    if (merge.left === undefined || merge.right === undefined || merge.result === undefined) {
      const missing = [left, right, left + right].find((name) => !ids.has(name))!;
      throw reader.damaged(
        `the merge of ${quoted(left)} and ${quoted(right)} needs the token ${quoted(missing)}, ` +
          'which is not in the vocabulary',
      );
    }
    return merge as Merge;
  });
}

/** The added tokens of a tokenizer.json, of which some were trained for and some are special. */
export interface AddedDefinition {
  id: number;
  content: string;
  special: boolean;
  /** Looked for in the text as the normalizer leaves it. */
  normalized: boolean;
  singleWord: boolean;
  lstrip: boolean;
  rstrip: boolean;
}

/** @throws {UserError} where one has no place in the vocabulary. */
export function readAddedTokens(
  reader: JsonReader,
  value: unknown,
  vocabulary: NamedTokens,
): AddedDefinition[] {
  const added: AddedDefinition[] = [];
  const names = new Map<number, string>();
  for (const entry of reader.array(value ?? [], 'its list of added tokens')) {
    if (!isObject(entry)) throw reader.damaged('an added token is not an object');
    const content = reader.string(entry.content, 'the name of an added token');
    const id = readId(reader, content, entry.id);
    const other = names.get(id) ?? vocabulary.names[id];
    if (other !== undefined && other !== content) {
      throw reader.damaged(
        `the tokens ${quoted(other)} and ${quoted(content)} have the same id, ${id}`,
      );
    }
    names.set(id, content);
    const special = reader.boolean(entry.special, 'special', false);
    added.push({
      id,
      content,
      special,
      normalized: reader.boolean(entry.normalized, 'normalized', !special),
      singleWord: reader.boolean(entry.single_word, 'single_word', false),
      lstrip: reader.boolean(entry.lstrip, 'lstrip', false),
      rstrip: reader.boolean(entry.rstrip, 'rstrip', false),
    });
  }
  return added;
}
