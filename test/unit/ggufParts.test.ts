import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { filesStamp, openModelFiles } from '../../src/gpt/modelFiles';
import { findModels } from '../../src/models/library/findModels';
import { UserError } from '../../src/protocol/userError';
import { isLaterPart, namesOfParts, partOf } from '../../src/weights/gguf/partNames';
import { readGgufModel } from '../../src/weights/gguf/parts';
import { ggufFile, type GgufEntry } from '../fixtures/ggufFile';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-parts-'));
afterAll(() => rmSync(root, { recursive: true }));
const goldens = join(import.meta.dirname, '../golden/gguf/data/split');
const folder = join(root, 'model');
const nameOf = (part: number, of = 3) => `legacy-0000${part}-of-0000${of}.gguf`;
const path = (part: number) => join(folder, nameOf(part));

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of readdirSync(goldens)) copyFileSync(join(goldens, name), join(folder, name));
});

/** A part that holds as many small tensors. */
function part(no: number, count: number, total: number, names: string[], more: GgufEntry[] = []) {
  const entries: GgufEntry[] = [
    ['split.no', 'u32', no],
    ['split.count', 'u32', count],
    ['split.tensors.count', 'u32', total],
    ...more,
  ];
  const data = new Uint8Array(new Float32Array(4).buffer);
  return ggufFile(
    entries,
    names.map((name) => ({ name, shape: [4], data })),
  );
}

const failure = async (named: string) => {
  const error: unknown = await readGgufModel(named).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
};

describe('a model in GGUF in several files', () => {
  it('is read from any of them, and from their folder', async () => {
    for (const named of [path(1), path(2), path(3), folder]) {
      const files = await openModelFiles(named);
      const { tensors, files: parts } = await files.weights();
      expect(parts.map((file) => basename(file.path))).toEqual([1, 2, 3].map((n) => nameOf(n)));
      expect(new Set([...tensors.values()].map(({ fileName }) => fileName)).size).toBe(3);
      expect(files.config.text('model_type')).toBe('gpt2');
      expect(JSON.stringify(files.vocabulary!().json)).toContain('<|endoftext|>');
    }
  });

  it('is found through links, as the cache of Hugging Face has them', async () => {
    const blobs = join(root, 'blobs');
    const snapshot = join(root, 'snapshot');
    mkdirSync(blobs);
    mkdirSync(snapshot);
    for (const n of [1, 2, 3]) {
      copyFileSync(path(n), join(blobs, `hash${n}`));
      symlinkSync(join(blobs, `hash${n}`), join(snapshot, nameOf(n)));
    }
    const { weights } = await readGgufModel(join(snapshot, nameOf(2)));
    expect(weights.files).toHaveLength(3);
  });

  it('is one entry of the library, as large as all files', async () => {
    const places = { bundled: join(root, 'none'), downloads: [], huggingFace: [], ollama: [] };
    for (const more of [
      { workspace: [root], lmStudio: [] },
      { workspace: [], lmStudio: [root] },
    ]) {
      const found = [];
      for await (const entry of findModels({ ...places, ...more })) {
        if (entry.path.startsWith(folder)) found.push(entry);
      }
      expect(found).toHaveLength(1);
      const bytes = (await readGgufModel(path(1))).weights.bytes;
      expect(found[0]).toMatchObject({ path: path(1), bytes, family: 'gpt2', unsupported: null });
      expect(found[0]!.name).toMatch(/^(\w+\/)?legacy$/);
    }
  });

  it('is another model once one of the files is', async () => {
    const before = await filesStamp(path(1));
    writeFileSync(path(3), 'other');
    expect(await filesStamp(path(1))).not.toBe(before);
  });

  it.each<[string, () => void, RegExp]>([
    ['a missing file', () => rmSync(path(2)), /model lacks legacy-00002-of-00003\.gguf of the 3 files of the model\. Download it again\.$/], // prettier-ignore
    ['several missing', () => [2, 3].forEach((n) => rmSync(path(n))), /lacks legacy-00002-of-00003\.gguf and 1 more of the 3 files/], // prettier-ignore
    ['a file that is no GGUF', () => writeFileSync(path(2), 'GGUX and more'), /^legacy-00002-of-00003\.gguf is not a GGUF file that can be read/], // prettier-ignore
    ['two files that changed places', () => copyFileSync(path(3), path(2)), /^legacy-00002-of-00003\.gguf cannot be used: by its header, it is file 3 of 3\./], // prettier-ignore
    ['a file that is whole by itself', () => writeFileSync(path(2), ggufFile([], [])), /by its header, it is file 1 of 1/], // prettier-ignore
    ['a file of a model in more parts', () => writeFileSync(path(2), part(1, 4, 16, ['a'])), /by its header, it is file 2 of 4/], // prettier-ignore
    ['a file of a model with more tensors', () => writeFileSync(path(2), part(1, 3, 99, ['a'])), /^legacy-00002-of-00003\.gguf cannot be used: it does not belong to the same model as legacy-00001-of-00003\.gguf\. Download the model again\.$/], // prettier-ignore
    ['a file of another architecture', () => writeFileSync(path(2), part(1, 3, 17, ['a'], [['general.architecture', 'string', 'llama']])), /does not belong to the same model/], // prettier-ignore
    ['a file with other tensors', () => writeFileSync(path(2), part(1, 3, 17, ['a'])), /^legacy-00001-of-00003\.gguf cannot be used: by its header, the model has \d+ tensors, but its 3 files hold \d+\./], // prettier-ignore
    ['a tensor that is there twice', () => writeFileSync(path(2), part(1, 3, 17, ['token_embd.weight'])), /it holds "token_embd\.weight", which legacy-00001-of-00003\.gguf holds too/], // prettier-ignore
    ['no count of tensors', () => writeFileSync(path(1), ggufFile([['split.count', 'u32', 3]], [])), /tensors\.count" is missing|same model/], // prettier-ignore
    ['a count beyond any', () => writeFileSync(path(1), part(0, 60_000, 1, ['a'])), /it claims to be one of 60000 files/], // prettier-ignore
  ])('is refused with %s', async (_, damage, sentence) => {
    damage();
    expect(await failure(path(1))).toMatch(sentence);
  });

  it('is refused under names by which the others cannot be found', async () => {
    const named = join(folder, 'second.gguf');
    copyFileSync(path(2), named);
    expect(await failure(named)).toBe(
      'second.gguf is one of 3 files of a model, but is not called …-00002-of-00003.gguf, by which ' +
        'the others are found. Give all of them their names back.',
    );
    copyFileSync(path(1), join(folder, nameOf(1, 2)));
    copyFileSync(path(2), join(folder, nameOf(2, 2)));
    expect(await failure(join(folder, nameOf(1, 2)))).toMatch(/it is file 1 of 3/);
  });
});

describe('the name of a file', () => {
  it('says which of how many it is', () => {
    expect(partOf('/a/b-00002-of-00010.gguf')).toEqual({ name: 'b', number: 2, count: 10 });
    for (const none of [
      'b.gguf',
      'b-00000-of-00002.gguf',
      'b-00003-of-00002.gguf',
      'b-1-of-2.gguf',
      'b-00001-of-99999.gguf',
    ]) {
      // prettier-ignore
      expect(partOf(none)).toBeNull();
      expect(isLaterPart(none)).toBe(false);
      expect(namesOfParts(none)).toEqual([none]);
    }
    expect(namesOfParts('q/b-00002-of-00002.GGUF')).toEqual(['q/b-00001-of-00002.GGUF', 'q/b-00002-of-00002.GGUF']); // prettier-ignore
  });
});
