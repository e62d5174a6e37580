import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** No such file is larger. */
const maxBytes = 1 << 20;

/**
 * The tokens at which a model ends a text: those that its tokenizer or its one file names, and those
 * that config.json and generation_config.json name as `eos_token_id`, which for models that chat are
 * several.
 */
export async function readEndIds(
  folder: string,
  vocabSize: number,
  known: readonly (number | null)[],
): Promise<readonly number[]> {
  const named = await Promise.all(
    ['config.json', 'generation_config.json'].map((name) => endIdsIn(join(folder, name))),
  );
  const ids = new Set([...known, ...named.flat()]);
  return [...ids].filter(
    (id): id is number =>
      typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabSize,
  );
}

/** Nothing where the file is missing or broken: what a model needs is checked elsewhere. */
async function endIdsIn(path: string): Promise<unknown[]> {
  try {
    if ((await stat(path)).size > maxBytes) return [];
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    const ids = (json as { eos_token_id?: unknown } | null)?.eos_token_id;
    return Array.isArray(ids) ? (ids as unknown[]) : [ids];
  } catch {
    return [];
  }
}
