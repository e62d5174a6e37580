import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/userError';
import { isObject, JsonReader } from './json/jsonReader';
import { openAiVocabularies } from './openAiVocabularies';
import { tokenizerFromJson } from './tokenizerFromJson';
import { tokenizerFromMerges } from './tokenizerFromMerges';
import { loadR50kBase } from './r50kBase';
import type { Tokenizer } from './tokenizer';

/** Bytes that a file of a tokenizer may have: twice the largest that there is. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * The tokenizer of a model folder: that of its `tokenizer.json`, or of its `vocab.json` and
 * `merges.txt`. A folder without any has GPT-2's.
 *
 * @throws {UserError} where it is damaged or not supported.
 */
export async function tokenizerOf(folder: string): Promise<Tokenizer> {
  const reader = new JsonReader(`The tokenizer of the model in ${folder}`);
  const json = (name: string) => readJson(reader, folder, name);
  const file = await json('tokenizer.json');
  if (file !== undefined) {
    return tokenizerFromJson(file, await json('tokenizer_config.json'), reader.label);
  }
  const vocabulary = await json('vocab.json');
  if (vocabulary === undefined) {
    await refuseOthers(reader, folder);
    return loadR50kBase();
  }
  const merges = await readText(reader, folder, 'merges.txt');
  const more = {
    addedTokens: await json('added_tokens.json'),
    config: await json('tokenizer_config.json'),
  };
  const tokenizer = await tokenizerFromMerges(vocabulary, merges ?? '', more, reader.label);
  // OpenAI's merges are known.
  if (merges !== undefined || isOpenAi(tokenizer)) return tokenizer;
  throw reader.refuse('has a vocab.json but no merges.txt: get its files again.');
}

function isOpenAi({ name }: Tokenizer): boolean {
  return openAiVocabularies.some((known) => known.name === name);
}

/** Undefined where there is no such file. */
async function readJson(reader: JsonReader, folder: string, name: string): Promise<unknown> {
  const text = await readText(reader, folder, name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const error = reader.damaged(`its ${name} is not JSON`);
    throw new UserError(error.message, { cause });
  }
  if (!isObject(value)) throw reader.damaged(`its ${name} is not an object`);
  return value;
}

async function readText(
  reader: JsonReader,
  folder: string,
  name: string,
): Promise<string | undefined> {
  let file;
  try {
    file = await open(join(folder, name));
    const { size } = await file.stat();
    if (size > MAX_BYTES) {
      const has = `${Math.round(size / 2 ** 20)} MB`;
      throw reader.refuse(
        `cannot be read, because its ${name} has ${has}, and no known one has more than 64: get ` +
          'its files again.',
      );
    }
    return await file.readFile('utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof UserError || code === undefined) throw cause;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const error = reader.refuse(`cannot be read (${name}: ${code}): make the file readable.`);
    throw new UserError(error.message, { cause });
  } finally {
    await file?.close();
  }
}

/** SentencePiece's own file alone is not enough: reading it as GPT-2's would be silently wrong. */
async function refuseOthers(reader: JsonReader, folder: string): Promise<void> {
  for (const name of ['tokenizer.model', 'spiece.model', 'vocab.txt', 'tekken.json']) {
    const file = await open(join(folder, name)).catch(() => null);
    await file?.close();
    if (!file) continue;
    throw reader.refuse(
      `is in ${name}, but only tokenizer.json can be read: get that file too, or save the model ` +
        'again with transformers.',
    );
  }
}
