import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findModels } from '../../src/models/library/findModels';
import type { LibraryEntry } from '../../src/models/library/libraryEntry';
import { ollamaNameOf } from '../../src/models/library/ollama';
import { knownPlaces, sharedDownloads, type ModelPlaces } from '../../src/models/library/modelPlaces'; // prettier-ignore
import { randomCheckpoint, safetensorsHeader, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-library-'));
const good = randomCheckpoint(join(root, 'good'), { ...tinyGpt2, vocab_size: 500, bos_token_id: 0 }); // prettier-ignore
afterAll(() => rmSync(root, { recursive: true }));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'));
});

const nowhere: ModelPlaces = {
  bundled: join(root, 'nowhere'),
  downloads: [],
  workspace: [],
  huggingFace: [],
  lmStudio: [],
  ollama: [],
};

async function found(places: Partial<ModelPlaces>, signal?: AbortSignal): Promise<LibraryEntry[]> {
  const entries: LibraryEntry[] = [];
  for await (const entry of findModels({ ...nowhere, ...places }, signal)) entries.push(entry);
  return entries;
}

const summary = ({ name, revision, unsupported }: LibraryEntry) => ({ name, revision, unsupported }); // prettier-ignore

function write(path: string, data: string | Buffer) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
}

/** A snapshot as Hugging Face's hub client lays it out: links into the blobs of the repository. */
function snapshot(repository: string, commit: string, from = good, main = true): string {
  const cache = join(home, '.cache/huggingface/hub', `models--${repository.replace('/', '--')}`);
  const folder = join(cache, 'snapshots', commit);
  mkdirSync(folder, { recursive: true });
  if (main) write(join(cache, 'refs/main'), commit);
  for (const name of ['config.json', 'model.safetensors']) {
    write(join(cache, 'blobs', `${commit}${name}`), readFileSync(join(from, name)));
    symlinkSync(join('../../blobs', `${commit}${name}`), join(folder, name));
  }
  return folder;
}

const gguf = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(60)]);
const commits = ['a', 'b'].map((digit) => digit.repeat(40)) as [string, string];
const cache = () => ({ huggingFace: [join(home, '.cache/huggingface/hub')] });

describe('the bundled model', () => {
  it('is told by its config and its header', async () => {
    expect(await found({ bundled: join(import.meta.dirname, '../../media/model') })).toMatchObject([
      {
        name: 'forward-pass-gpt',
        origin: 'bundled',
        family: 'gpt2',
        parameters: 17_735_936,
        dtype: 'F16',
        nCtx: 512,
        unsupported: null,
      },
    ]);
  });
});

describe('the Hugging Face cache', () => {
  it('is followed through its links, main first, other commits by name', async () => {
    snapshot('gpt2', commits[0]);
    const old = snapshot('someone/tiny', commits[1], good, false);
    const main = snapshot('someone/tiny', commits[0]);
    const entries = await found(cache());
    expect(entries.map(summary)).toEqual([
      { name: 'gpt2', revision: null, unsupported: null },
      { name: 'someone/tiny', revision: null, unsupported: null },
      { name: 'someone/tiny', revision: 'bbbbbbb', unsupported: null },
    ]);
    expect(entries.map(({ path }) => path).slice(1)).toEqual([main, old]);
    expect(entries[1]).toMatchObject({ format: 'safetensors', dtype: 'F32', nCtx: 64 });
    expect(entries[1]!.memory!.bytes).toBeGreaterThan(100e6);
  });

  it('marks what is not complete', async () => {
    const dangling = snapshot('a/dangling', commits[0]);
    rmSync(join(dangling, '../../blobs', `${commits[0]}model.safetensors`));
    const cut = snapshot('b/cut', commits[0]);
    truncateSync(join(cut, 'model.safetensors'), 3000);
    expect((await found(cache())).map(({ unsupported }) => unsupported)).toEqual([
      'It is not complete: model.safetensors is missing. Download the model again.',
      expect.stringContaining('model.safetensors is incomplete'),
    ]);
  });

  it('leaves out what is no model', async () => {
    const tokenizer = snapshot('a/tokenizer', commits[0]);
    rmSync(join(tokenizer, 'model.safetensors'));
    const dataset = join(home, '.cache/huggingface/hub/datasets--x--y/snapshots', commits[0]);
    write(join(dataset, 'config.json'), '{}');
    write(join(home, '.cache/huggingface/hub/models--z'), 'a file');
    expect(await found(cache())).toEqual([]);
  });

  it('says why a model cannot be used', async () => {
    const pickled = snapshot('a/pickled', commits[0]);
    rmSync(join(pickled, 'model.safetensors'));
    write(join(pickled, 'pytorch_model.bin'), 'PK');
    const other = snapshot('b/bert', commits[0]);
    rmSync(join(other, 'config.json'));
    write(join(other, 'config.json'), JSON.stringify({ model_type: 'bert' }));
    const broken = snapshot('c/broken', commits[0]);
    rmSync(join(broken, 'config.json'));
    write(join(broken, 'config.json'), '{"n_layer":');
    const [a, b, c] = await found(cache());
    expect(a!.unsupported).toMatch(/pickled.*save_pretrained/);
    expect(b).toMatchObject({ family: 'bert', unsupported: expect.stringContaining('"bert"') as string }); // prettier-ignore
    expect(b!.parameters).toBeGreaterThan(1000);
    expect(c!.unsupported).toContain('not valid JSON');
  });

  it('survives links that lead round in a circle', async () => {
    const looping = snapshot('a/loop', commits[0]);
    rmSync(join(looping, 'config.json'));
    symlinkSync('config.json', join(looping, 'config.json'));
    const hub = join(home, '.cache/huggingface/hub');
    symlinkSync('models--b--self', join(hub, 'models--b--self'));
    mkdirSync(join(hub, 'models--c--inside/snapshots'), { recursive: true });
    symlinkSync('..', join(hub, 'models--c--inside/snapshots', commits[0]));
    snapshot('d/good', commits[0]);
    expect((await found(cache())).map(({ name }) => name)).toContain('d/good');
  });

  it('lists a model once where two places lead to it', async () => {
    snapshot('someone/tiny', commits[0]);
    const { huggingFace } = cache();
    expect(await found({ huggingFace: [...huggingFace, ...huggingFace] })).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    for (const name of ['config.json', 'model.safetensors']) {
      const folder = snapshot(`a/${name}`, commits[0]);
      rmSync(join(folder, name));
      execFileSync('mkfifo', [join(folder, name)]);
    }
    execFileSync('mkfifo', [join(home, 'pipe.gguf')]);
    const entries = await found({ ...cache(), lmStudio: [home] });
    expect(entries.every(({ unsupported }) => unsupported !== null)).toBe(true);
  });
});

describe('shards', () => {
  function sharded(index: unknown): string {
    const folder = join(home, 'work', 'model');
    mkdirSync(folder, { recursive: true });
    cpSync(join(good, 'config.json'), join(folder, 'config.json'));
    write(join(folder, 'model.safetensors.index.json'), typeof index === 'string' ? index : JSON.stringify(index)); // prettier-ignore
    return folder;
  }
  const name = (n: number) => `model-0000${n}-of-00003.safetensors`;

  it('are counted together, and missed', async () => {
    const folder = sharded({ weight_map: { a: name(1), b: name(2), c: name(2), d: name(3) } });
    const file = safetensorsHeader({ a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } });
    for (const n of [1, 2, 3]) write(join(folder, name(n)), Buffer.concat([file, Buffer.alloc(4)])); // prettier-ignore
    const workspace = [join(home, 'work')];
    expect(await found({ workspace })).toMatchObject([
      { name: 'model', dtype: 'BF16', bytes: 3 * (file.length + 4), unsupported: null },
    ]);
    rmSync(join(folder, name(2)));
    rmSync(join(folder, name(3)));
    expect((await found({ workspace }))[0]!.unsupported).toContain(`${name(2)} and 1 more of its files are missing`); // prettier-ignore
  });

  it.each([
    '{"weight_map": {"a": "../../elsewhere.safetensors"}}',
    '{',
    '{"weight_map": {}}',
    '[]',
  ])('are refused where the index is %s', async (index) => {
    // prettier-ignore
    sharded(index);
    expect((await found({ workspace: [join(home, 'work')] }))[0]!.unsupported).toContain('index.json cannot be read'); // prettier-ignore
  });
});

describe('LM Studio', () => {
  it('has its GGUF files listed once a model', async () => {
    const folder = join(home, '.lmstudio/models');
    write(join(folder, 'someone/tiny-GGUF/tiny-Q8_0.gguf'), gguf);
    write(join(folder, 'someone/tiny-GGUF/mmproj-tiny.gguf'), gguf);
    write(join(folder, 'other/big/big-00001-of-00002.gguf'), gguf);
    write(join(folder, 'other/big/big-00002-of-00002.gguf'), gguf);
    write(join(folder, 'other/fake/fake.gguf'), 'not one at all');
    symlinkSync('..', join(folder, 'other/loop'));
    const entries = await found({ lmStudio: [folder, join(home, 'none')] });
    expect(entries.map(({ name }) => name)).toEqual(['other/big', 'someone/tiny-Q8_0']); // prettier-ignore
    expect(entries[0]).toMatchObject({ origin: 'lmStudio', format: 'gguf' });
  });
});

describe('Ollama', () => {
  it('is read by its manifests', async () => {
    const folder = join(home, '.ollama/models');
    const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
    const manifest = (weights: string) =>
      JSON.stringify({
        schemaVersion: 2,
        layers: [
          { mediaType: 'application/vnd.ollama.image.license', digest: digest(8), size: 1 },
          { mediaType: 'application/vnd.ollama.image.model', digest: weights, size: gguf.length },
        ],
      });
    const registry = join(folder, 'manifests/registry.ollama.ai');
    write(join(registry, 'library/smollm2/135m'), manifest(digest(1)));
    write(join(registry, 'someone/tiny/latest'), manifest(digest(2)));
    write(join(folder, 'manifests/hf.co/a/b/Q4_0'), manifest(digest(3)));
    write(join(registry, 'library/evil/latest'), manifest('sha256:../../../etc/passwd'));
    write(join(registry, 'library/gone/latest'), manifest(digest(7)));
    write(join(registry, 'library/odd/latest'), '{"layers": [null, 5]}');
    for (const n of [1, 2, 3]) write(join(folder, 'blobs', `sha256-${String(n).repeat(64)}`), gguf); // prettier-ignore
    const entries = await found({ ollama: [folder] });
    expect(entries.map(({ name }) => name).sort()).toEqual([
      'hf.co/a/b:Q4_0',
      'smollm2:135m',
      'someone/tiny:latest',
    ]);
    for (const { name, path } of entries) {
      expect(basename(path)).toMatch(/^sha256-[0-9a-f]{64}$/);
      expect(await ollamaNameOf(path)).toBe(name);
    }
    expect(await ollamaNameOf(join(folder, 'blobs', `sha256-${'9'.repeat(64)}`))).toBeNull();
    expect(await ollamaNameOf(good)).toBeNull();
  });
});

describe('a GGUF file', () => {
  const file = (name: string) =>
    readFileSync(join(import.meta.dirname, `../golden/gguf/data/${name}/model.gguf`));

  it('is told by its header, whatever it is called', async () => {
    const ollama = join(home, '.ollama/models');
    const digest = 'd'.repeat(64);
    const layers = [
      { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}` },
    ];
    write(join(ollama, 'manifests/registry.ollama.ai/library/k/latest'), JSON.stringify({ layers })); // prettier-ignore
    write(join(ollama, 'blobs', `sha256-${digest}`), file('kQuants'));
    const lmStudio = join(home, 'lm');
    write(join(lmStudio, 'a/b/legacy.gguf'), file('legacy'));
    const whole = file('float32');
    write(join(lmStudio, 'a/c/cut.gguf'), whole.subarray(0, whole.length - 1000));
    const [legacy, cut, k] = await found({ ollama: [ollama], lmStudio: [lmStudio] });
    for (const entry of [legacy!, k!]) {
      expect(entry).toMatchObject({ family: 'gpt2', format: 'gguf', unsupported: null });
      expect(entry.parameters).toBeGreaterThan(1000);
      expect(entry.memory!.bytes).toBeGreaterThan(100e6);
    }
    expect(legacy!.dtype).toMatch(/^Q[458]_/);
    expect(k!.dtype).toMatch(/^Q\d_K/);
    expect(cut!.unsupported).toMatch(/cut\.gguf is not a GGUF file that can be read/);
  });
});

describe('the workspace', () => {
  it('is searched, but not what it only installed', async () => {
    const work = join(home, 'work');
    cpSync(good, join(work, 'runs/3/step-100'), { recursive: true });
    cpSync(good, join(work, 'node_modules/some-model'), { recursive: true });
    cpSync(good, join(work, '.git/x'), { recursive: true });
    cpSync(good, join(work, '1/2/3/4/5/6/7'), { recursive: true });
    write(join(work, 'config.json'), '{"compilerOptions": {}}');
    write(join(work, 'web/config.json'), '{}');
    symlinkSync('..', join(work, 'runs/again'));
    symlinkSync(good, join(work, 'linked'));
    const entries = await found({ workspace: [work] });
    expect(entries.map(({ name, revision }) => [name, revision])).toEqual([
      ['linked', null],
      ['step-100', 'runs/3/step-100'],
    ]);
  });

  it('is left when the search is given up', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(found({ workspace: [root] }, controller.signal)).rejects.toThrow('abort');
  });
});

describe('what other programs’ folders are', () => {
  const at = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') => ({ environment, home: '/home/me', platform }); // prettier-ignore

  it.each<[NodeJS.ProcessEnv, string]>([
    [{}, '/home/me/.cache/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '/hf' }, '/hf/hub'],
    [{ HF_HOME: '~/hf' }, '/home/me/hf/hub'],
    [{ HF_HOME: '/hf', HF_HUB_CACHE: '/hub' }, '/hub'],
    [{ HF_HOME: '', HF_HUB_CACHE: 'relative' }, '/home/me/.cache/huggingface/hub'],
  ])('Hugging Face with %o', (environment, folder) => {
    expect(knownPlaces(at(environment)).huggingFace).toEqual([folder]);
  });

  it('Ollama', () => {
    expect(knownPlaces(at({ OLLAMA_MODELS: '/o' }, 'darwin')).ollama).toEqual(['/o']);
    expect(knownPlaces(at({})).ollama).toEqual(['/home/me/.ollama/models', '/usr/share/ollama/.ollama/models']); // prettier-ignore
  });

  it('our own for the command line', () => {
    expect(sharedDownloads(at({}))).toBe('/home/me/.local/share/forward-pass/models');
    expect(sharedDownloads(at({ XDG_DATA_HOME: '/d' }))).toBe('/d/forward-pass/models');
    expect(sharedDownloads(at({ FORWARD_PASS_MODELS: '/m' }, 'darwin'))).toBe('/m');
  });
});
