import type { Tokenizer } from './tokenizer';
import { isObject, JsonReader, quoted, type JsonObject } from './json/jsonReader';
import { tokenizerFromJson } from './tokenizerFromJson';

/** Tokenizers of transformers that cut texts by GPT-2's pattern. */
const gpt2Classes = /^(GPT2|CodeGen)Tokenizer(Fast)?$/;

/**
 * The tokenizer of a folder without a tokenizer.json, as models like GPT-2 had it: byte-level BPE
 * with GPT-2's pattern, in `vocab.json` and `merges.txt`.
 *
 * @param more the folder's other files, where it has them
 * @throws {UserError} where it is of another kind, or damaged
 */
export function tokenizerFromMerges(
  vocabulary: unknown,
  merges: string,
  more: { addedTokens: unknown; config: unknown },
  label: string,
): Promise<Tokenizer> {
  const reader = new JsonReader(label);
  const ids = reader.object(vocabulary, 'its vocab.json');
  const config = isObject(more.config) ? more.config : {};
  const { tokenizer_class: type = 'GPT2Tokenizer' } = config;
  // Others have the same two files but cut texts differently, and only tokenizer.json says how.
  if (typeof type !== 'string' || !gpt2Classes.test(type)) {
    throw reader.refuse(
      `is a ${quoted(type).slice(1, -1)}, which only a tokenizer.json describes: get that file too.`,
    );
  }
  // One merge a line, behind a first line such as `#version: 0.2`.
  const lines = merges.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  const file = {
    model: { type: 'BPE', vocab: ids, merges: lines },
    added_tokens: addedTokens(ids, more.addedTokens, config),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: config.add_prefix_space === true },
    post_processor: null,
  };
  return tokenizerFromJson(file, more.config, label);
}

/** Those that the files name; GPT-2's needs no naming. */
function addedTokens(ids: JsonObject, added: unknown, config: JsonObject): JsonObject[] {
  const tokens = new Map<unknown, JsonObject>();
  const add = (content: string, id: unknown, options: JsonObject) =>
    tokens.set(content, { normalized: false, ...options, id, content });
  if ('<|endoftext|>' in ids) {
    add('<|endoftext|>', ids['<|endoftext|>'], { special: true });
  }
  if (isObject(added)) {
    for (const [content, id] of Object.entries(added)) add(content, id, { special: false });
  }
  for (const [id, options] of Object.entries(object(config.added_tokens_decoder))) {
    const { content } = object(options);
    if (typeof content === 'string') add(content, Number(id), object(options));
  }
  for (const key of ['bos_token', 'eos_token', 'pad_token', 'unk_token']) {
    const value = config[key];
    const content: unknown = isObject(value) ? value.content : value;
    if (typeof content !== 'string') continue;
    const id = tokens.get(content)?.id ?? ids[content];
    if (id !== undefined) add(content, id, { ...tokens.get(content), special: true });
  }
  return [...tokens.values()];
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
