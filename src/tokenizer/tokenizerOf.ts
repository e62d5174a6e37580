import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/userError';
import { loadR50kBase } from './r50kBase';
import type { Tokenizer } from './tokenizer';

/**
 * The tokenizer of a model folder of the GPT-2 family. A folder that brings a vocabulary of its own
 * (`vocab.json`, or the one in `tokenizer.json`) must bring GPT-2's: with any other, every number
 * would be wrong without a sign of it.
 *
 * @throws {UserError} where the folder's vocabulary is another one.
 */
export async function tokenizerOf(folder: string): Promise<Tokenizer> {
  const tokenizer = await loadR50kBase();
  const vocabulary = await readVocabulary(folder);
  if (vocabulary && !isR50k(vocabulary, tokenizer)) {
    throw new UserError(
      `The model in ${folder} has a vocabulary of its own, not GPT-2's, and this is not supported ` +
        "yet. Choose a model with GPT-2's vocabulary.",
    );
  }
  return tokenizer;
}

/** Token ids by their byte-level names, or null where the folder has no readable vocabulary. */
async function readVocabulary(folder: string): Promise<Record<string, number> | null> {
  const vocab = (await readJson(join(folder, 'vocab.json'))) as Record<string, number> | null;
  if (vocab) return vocab;
  const tokenizer = (await readJson(join(folder, 'tokenizer.json'))) as {
    model?: { vocab?: Record<string, number> };
  } | null;
  return tokenizer?.model?.vocab ?? null;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

function isR50k(vocabulary: Record<string, number>, tokenizer: Tokenizer): boolean {
  const names = byteNames();
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (id === tokenizer.endOfTextId) continue;
    const name = Array.from(tokenizer.bytesOf(id), (byte) => names[byte]!).join('');
    if (vocabulary[name] !== id) return false;
  }
  return true;
}

/**
 * GPT-2's printable stand-in for each byte in vocabulary files: itself where it is a visible
 * Latin-1 character, else the next unused code point from U+0100 on (`bytes_to_unicode` of the
 * GPT-2 release).
 */
function byteNames(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(visible ? byte : next++);
  });
}
