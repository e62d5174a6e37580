import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadModel, type DownloadRequest } from '../../src/models/download/downloadModel';
import { realFileSystem } from '../../src/models/download/fileSystem';
import { convertedRevision, describeRepository } from '../../src/models/download/hub';
import { HubError } from '../../src/models/download/hubError';
import type { HubConnection } from '../../src/models/download/hubFetch';
import { partialDownloads, removeDownload } from '../../src/models/download/partialDownloads';
import type { DownloadProgress } from '../../src/models/download/rate';
import { findModels } from '../../src/models/library/findModels';
import { breaking, commit, FakeHub } from '../fixtures/fakeHub';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

let root: string;
let downloads: string;
let hub: FakeHub;
let waits: number[];
const checkpoint = randomCheckpoint(
  mkdtempSync(join(tmpdir(), 'forward-pass-hub-')),
  // Small: every test sends it at least once.
  { ...tinyGpt2, vocab_size: 2000, bos_token_id: 0 },
);
const weights = readFileSync(join(checkpoint, 'model.safetensors'));
const config = readFileSync(join(checkpoint, 'config.json'));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'forward-pass-download-'));
  downloads = join(root, 'models');
  waits = [];
  hub = new FakeHub();
  hub.files.set('config.json', { data: config, small: true });
  hub.files.set('tokenizer.json', { data: Buffer.from('{"a": 1}'), small: true });
  hub.files.set('model.safetensors', { data: weights });
  hub.files.set('pytorch_model.bin', { data: Buffer.alloc(1000) });
  hub.files.set('README.md', { data: Buffer.from('# Tiny'), small: true });
  await hub.start();
});
afterEach(async () => {
  await hub.stop();
  rmSync(root, { recursive: true, force: true });
});

function connection(change: Partial<HubConnection> = {}): HubConnection {
  const sleep = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { endpoint: hub.endpoint, fetch, sleep, ...change };
}

const id = { repository: 'someone/tiny', revision: 'main' };
const folder = () => join(downloads, 'someone--tiny', commit);

async function download(
  change: Partial<HubConnection> = {},
  request: Partial<DownloadRequest> = {},
): Promise<string> {
  const connected = connection(change);
  const repository = await describeRepository(connected, id);
  return downloadModel({ hub: connected, repository, downloads, ...request });
}

async function library() {
  const places = { bundled: join(root, 'none'), downloads: [downloads], workspace: [], huggingFace: [], lmStudio: [], ollama: [] }; // prettier-ignore
  const found = [];
  for await (const entry of findModels(places)) found.push(entry);
  return found;
}

/** What must hold whatever happened: a model that is there is the whole and right one. */
async function expectNoHalfModel() {
  expect(await library()).toEqual([]);
  expect(existsSync(folder())).toBe(false);
}

async function expectModel() {
  expect(readFileSync(join(folder(), 'model.safetensors')).equals(weights)).toBe(true);
  expect(readFileSync(join(folder(), 'config.json')).equals(config)).toBe(true);
  expect((await library()).map(({ name }) => name)).toEqual(['someone/tiny']);
  expect(readdirSync(join(downloads, 'someone--tiny'))).toEqual([commit]);
}

async function failure(work: Promise<unknown>): Promise<HubError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  const { message } = error as HubError;
  expect(message).toMatch(/^[^\n]{20,400}\.$/);
  return error as HubError;
}

describe('a download', () => {
  it('brings the files that a model needs, and no others', async () => {
    expect(await download()).toBe(folder());
    await expectModel();
    expect(readdirSync(folder()).sort()).toEqual([
      'config.json',
      'forward-pass.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(hub.requests.filter(({ path }) => /\.bin|README/.test(path))).toEqual([]);
  });

  it('asks for nothing but the list when the model is here already', async () => {
    await download();
    hub.requests.length = 0;
    expect(await download()).toBe(folder());
    expect(hub.fileRequests).toEqual([]);
  });

  it('says how far it is', async () => {
    const seen: DownloadProgress[] = [];
    await download({}, { onProgress: (progress) => seen.push(progress) });
    const total = config.length + 8 + weights.length;
    expect(seen.at(-1)).toMatchObject({ bytes: total, totalBytes: total, note: null });
    const counts = seen.map(({ bytes }) => bytes);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'survives a connection that breaks anywhere (seed %i)',
    async (seed) => {
      hub.trouble = breaking(hub, seed, 1 + (seed % 7));
      await download();
      await expectModel();
      // It went on where it was left, whenever something had come.
      const ranges = hub.fileRequests.flatMap(({ range }) => range ?? []);
      const starts = ranges.map((range) => Number(/\d+/.exec(range)));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    },
  );

  it('gives up on a connection that brings nothing, keeps what came, and goes on later', async () => {
    let requests = 0;
    const half = breaking(hub, 5, 1);
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors')) return false;
      if (requests++ === 0) return half(request, response);
      response.destroy();
      return true;
    };
    const { failure: kind, message } = await failure(download());
    expect(kind).toBe('network');
    expect(message).toContain('127.0.0.1');
    await expectNoHalfModel();
    const [partial] = await partialDownloads(downloads);
    expect(partial!.bytes).toBeGreaterThan(config.length + 8);

    hub.trouble = () => false;
    hub.requests.length = 0;
    await download();
    await expectModel();
    expect(hub.fileRequests.map(({ range }) => range)).toEqual([
      `bytes=${partial!.bytes - config.length - 8}-`,
    ]);
  });

  it('throws away what has the wrong hash, after a second try', async () => {
    hub.files.get('model.safetensors')!.claimed = { hash: '0'.repeat(64) };
    const { failure: kind } = await failure(download());
    expect(kind).toBe('damaged');
    await expectNoHalfModel();
    expect(existsSync(join(`${folder()}.partial`, 'model.safetensors'))).toBe(false);
    expect(hub.fileRequests.filter(({ path }) => path.endsWith('.safetensors'))).toHaveLength(2);
  });

  it('checks small files by their hash too', async () => {
    hub.files.get('tokenizer.json')!.claimed = { hash: '0'.repeat(40) };
    expect((await failure(download())).message).toContain('tokenizer.json');
    await expectNoHalfModel();
  });

  it.each([-5, 5])('refuses a file whose size is off by %i', async (off) => {
    hub.files.get('model.safetensors')!.claimed = { size: weights.length + off };
    const { failure: kind } = await failure(download());
    expect(kind).toMatch(/damaged|network/);
    await expectNoHalfModel();
  });

  it('fetches contents again that went wrong once', async () => {
    let bad = true;
    hub.trouble = (request, response) => {
      if (!bad || !request.url!.endsWith('.safetensors')) return false;
      bad = false;
      response.end(Buffer.alloc(weights.length, 1));
      return true;
    };
    await download();
    await expectModel();
  });

  it('begins again where the file became another between two tries', async () => {
    hub.trouble = breaking(hub, 5, 1);
    const etag = hub.etag;
    let older = true;
    hub.etag = (name) => {
      if (!older || !name.endsWith('.safetensors')) return etag(name);
      older = false;
      return '"older"';
    };
    await download();
    await expectModel();
    expect(hub.fileRequests.at(-1)).toMatchObject({ ifRange: '"older"' });
  });

  it('finds out that a server goes on with another file all the same', async () => {
    const first = breaking(hub, 5, 1);
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors')) return false;
      if (first(request, response)) return true;
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? NaN);
      if (Number.isNaN(from)) return false;
      const range = `bytes ${from}-${weights.length - 1}/${weights.length}`;
      response.writeHead(206, { 'content-range': range }).end(Buffer.alloc(weights.length - from));
      return true;
    };
    await download();
    await expectModel();
  });

  it('begins again where the server knows no ranges', async () => {
    hub.trouble = breaking(hub, 5, 3);
    hub.supportsRanges = false;
    const honest = hub.trouble;
    // Also what breaks is then sent from the beginning.
    hub.trouble = (request, response) => {
      delete request.headers.range;
      return honest(request, response);
    };
    await download();
    await expectModel();
  });

  it('begins again after 416', async () => {
    hub.trouble = breaking(hub, 5, 1);
    const first = hub.trouble;
    hub.trouble = (request, response) => {
      if (first(request, response)) return true;
      if (request.headers.range === undefined) return false;
      response.writeHead(416).end();
      return true;
    };
    await download();
    await expectModel();
  });

  it('waits as long as 429 says', async () => {
    let left = 2;
    hub.trouble = (_, response) => {
      if (left-- <= 0) return false;
      response.writeHead(429, { 'retry-after': '7' }).end();
      return true;
    };
    await download();
    await expectModel();
    expect(waits).toEqual([7000, 7000]);
  });

  it('waits longer and longer for a server that is out of order', async () => {
    let left = 4;
    hub.trouble = (_, response) => {
      if (left-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    await download();
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });

  it('does not wait for an hour', async () => {
    hub.trouble = (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    const { failure: kind, message } = await failure(download());
    expect([kind, waits]).toEqual(['busy', []]);
    expect(message).toContain('in 60 minutes');
  });

  it.each([
    [404, 'RepoNotFound', 'missing', /no model someone\/tiny/],
    [401, 'RepoNotFound', 'token', /or it is private/],
    [404, 'RevisionNotFound', 'missing', /no revision "main"/],
    [401, 'GatedRepo', 'token', /accepted its terms/],
    [403, 'GatedRepo', 'token', /accepted its terms/],
    [418, '', 'network', /answered 418/],
  ])('says what %i %s means', async (status, code, kind, sentence) => {
    hub.trouble = (_, response) => {
      response.writeHead(status, { 'x-error-code': code }).end();
      return true;
    };
    const error = await failure(download());
    expect(error.failure).toBe(kind);
    expect(error.message).toMatch(sentence);
    await expectNoHalfModel();
  });

  it('says that nobody is there', async () => {
    await hub.stop();
    const { failure: kind, message } = await failure(download());
    expect(kind).toBe('network');
    expect(message).toContain('ECONNREFUSED');
    await hub.start();
  });

  it.each(['<html>', '[]', '{"sha":"../../etc","siblings":[]}', '{"sha":5}'])(
    'refuses a list that is none: %s',
    async (answer) => {
      hub.trouble = (_, response) => {
        response.end(answer);
        return true;
      };
      expect((await failure(download())).message).toContain('does not answer as');
    },
  );

  it('ignores what the hub gives no size or hash for', async () => {
    hub.files.get('model.safetensors')!.claimed = { hash: 'unknown' };
    expect((await failure(download())).failure).toBe('missing');
    await expectNoHalfModel();
  });

  it('says that the weights are pickled, and finds the hub’s own conversion', async () => {
    hub.files.delete('model.safetensors');
    expect((await failure(download())).message).toContain('pickled weights only');
    hub.discussions = [
      { num: 3, title: 'Adding `safetensors` variant of this model', isPullRequest: true, author: { name: 'mallory' } }, // prettier-ignore
      { num: 8, title: 'Adding `safetensors` variant of this model', isPullRequest: true, author: { name: 'SFconvertbot' } }, // prettier-ignore
    ];
    expect(await convertedRevision(connection(), id)).toBe('refs/pr/8');
    await describeRepository(connection(), { ...id, revision: 'refs/pr/8' });
    expect(hub.requests.at(-1)!.path).toBe('/api/models/someone/tiny/revision/refs/pr/8');
  });

  it('refuses a family that is not supported before its weights come', async () => {
    const other = Buffer.from(JSON.stringify({ model_type: 'bert' }));
    hub.files.set('config.json', { data: other, small: true });
    await expect(download()).rejects.toThrow(/"bert"/);
    expect(hub.fileRequests.map(({ path }) => path.split('/').at(-1))).toEqual(['config.json']);
    await expectNoHalfModel();
    expect(await partialDownloads(downloads)).toEqual([]);
  });

  it('says that the disk is full, keeps what came, and goes on when there is room', async () => {
    let quota = Math.floor(weights.length / 2);
    const files: DownloadRequest['files'] = {
      ...realFileSystem,
      open: async (path, flags) => {
        const handle = await open(path, flags);
        const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>; // prettier-ignore
        return Object.assign(Object.create(handle) as typeof handle, {
          write: async (data: Uint8Array, from: number, length: number, at: number) => {
            if (quota <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
            const some = Math.min(length, quota);
            quota -= some;
            return write(data, from, some, at);
          },
          sync: () => handle.sync(),
          close: () => handle.close(),
        });
      },
    };
    expect((await failure(download({}, { files }))).failure).toBe('disk');
    await expectNoHalfModel();
    expect((await partialDownloads(downloads))[0]!.bytes).toBe(Math.floor(weights.length / 2));
    await download();
    await expectModel();
  });

  it('looks for room before it begins', async () => {
    const files = { ...realFileSystem, freeBytes: () => Promise.resolve(70e6) };
    hub.files.get('model.safetensors')!.claimed = { size: 9e9 };
    const { failure: kind, message } = await failure(download({}, { files }));
    expect(kind).toBe('disk');
    expect(message).toMatch(/^9\.0 GB are still to come, but .* has 0\.1 GB left/);
    expect(hub.fileRequests).toEqual([]);
  });

  it('says that the folder cannot be written', async () => {
    writeFileSync(downloads, 'a file, not a folder');
    await expect(download()).rejects.toThrow();
    expect(readFileSync(downloads, 'utf8')).toContain('a file');
  });

  it('is cancelled at once, and goes on later', async () => {
    const controller = new AbortController();
    const stuck = breaking(hub, 5, 1);
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors')) return false;
      if (stuck(request, response)) return true;
      setTimeout(() => controller.abort(), 20); // and never answers
      return true;
    };
    const reason = download({ signal: controller.signal }).catch((error: Error) => error.name);
    expect(await reason).toBe('AbortError');
    await expectNoHalfModel();
    hub.trouble = () => false;
    await download();
    await expectModel();
  });

  it('is made once where two ask for it at once', async () => {
    const notes = new Set<string | null>();
    const onProgress = ({ note }: DownloadProgress) => notes.add(note);
    expect(await Promise.all([download(), download({}, { onProgress }), download()])).toEqual(
      Array.from({ length: 3 }, folder),
    );
    await expectModel();
    expect(hub.fileRequests).toHaveLength(3);
  });

  it('says that another one is at it', async () => {
    const slow = new Set<string>();
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors') || slow.has('once')) return false;
      slow.add('once');
      setTimeout(() => response.end(weights), 800);
      return true;
    };
    const first = download();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const notes = new Set<string | null>();
    const second = download({}, { onProgress: ({ note }) => notes.add(note) });
    await Promise.all([first, second]);
    expect([...notes].join()).toContain('another window is downloading');
    await expectModel();
  });

  it('takes over from one that was ended without a word', async () => {
    mkdirSync(join(downloads, 'someone--tiny'), { recursive: true });
    const gone = { id: 'x', pid: 2 ** 22 + 5, host: (await import('node:os')).hostname() };
    writeFileSync(`${folder()}.lock`, JSON.stringify(gone));
    await download();
    await expectModel();
  });

  it('goes on after its process was killed', async () => {
    await hub.stop();
    const child = await slowDownloader();
    for (let times = 0; times < 3; times++) {
      const { process: running, bytes } = await child.run();
      expect(bytes).toBeGreaterThan(0);
      running.kill('SIGKILL');
      await new Promise((resolve) => running.once('exit', resolve));
      await expectNoHalfModel();
    }
    await child.stop();
    const partial = statSync(join(`${folder()}.partial`, 'model.safetensors')).size;
    expect(partial).toBeLessThan(weights.length);
    await hub.start();
    await download();
    await expectModel();
    expect(hub.fileRequests.map(({ range }) => range)).toEqual([`bytes=${partial}-`]);
  });

  it('fetches again what was tampered with while it was away', async () => {
    hub.trouble = breaking(hub, 5, 1);
    const once = hub.trouble;
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors')) return false;
      if (!once(request, response)) response.destroy();
      return true;
    };
    await failure(download());
    const path = join(`${folder()}.partial`, 'model.safetensors');
    writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
    hub.trouble = () => false;
    await download();
    await expectModel();

    truncateSync(join(folder(), 'model.safetensors'), 100);
    expect((await library())[0]!.unsupported).toContain('incomplete');
  });

  it('can be deleted, and only what is a download', async () => {
    await download();
    expect(await removeDownload(folder())).toBe(true);
    expect(existsSync(join(downloads, 'someone--tiny'))).toBe(false);
    const other = join(root, 'mine');
    mkdirSync(other);
    expect(await removeDownload(other)).toBe(false);
    expect(existsSync(other)).toBe(true);
  });

  it('takes one GGUF file into a folder of its own', async () => {
    const data = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(100)]);
    hub.files.clear();
    hub.files.set('tiny-q8.gguf', { data });
    hub.files.set('tiny-q4.gguf', { data });
    expect((await failure(download())).message).toContain('choose one of them');
    const path = await download({}, { gguf: 'tiny-q8.gguf' });
    expect(path).toBe(join(`${folder()}-tiny-q8.gguf`, 'tiny-q8.gguf'));
    expect(readFileSync(path).equals(data)).toBe(true);
    expect((await library())[0]).toMatchObject({ name: 'someone/tiny/tiny-q8.gguf', path });
  });

  it('takes all files of a model in GGUF that was cut into several', async () => {
    hub.files.clear();
    const parts = [1, 2, 3].map((part) => `q8/big-0000${part}-of-00003.gguf`);
    for (const name of parts) {
      hub.files.set(name, { data: Buffer.concat([Buffer.from('GGUF'), Buffer.from(name)]) });
    }
    hub.files.set('cut-00001-of-00002.gguf', { data: Buffer.from('GGUF') });
    const later = await failure(download({}, { gguf: parts[1] }));
    expect(later.message).toContain(`name its first file, ${parts[0]}`);
    const lacking = await failure(download({}, { gguf: 'cut-00001-of-00002.gguf' }));
    expect(lacking.message).toContain('has no file cut-00001-of-00002.gguf');
    const path = await download({}, { gguf: parts[0] });
    expect(path).toBe(join(`${folder()}-big-00001-of-00003.gguf`, 'big-00001-of-00003.gguf'));
    for (const name of parts) {
      expect(readFileSync(join(dirname(path), basename(name)), 'latin1')).toBe(`GGUF${name}`);
    }
    const found = await library();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ name: 'someone/tiny/big', path });
  });

  it('takes the shards that an index names, and no index that leads elsewhere', async () => {
    const index = (file: string) =>
      Buffer.from(JSON.stringify({ weight_map: { 'wte.weight': file } }));
    hub.files.delete('model.safetensors');
    const shard = 'model-00001-of-00001.safetensors';
    hub.files.set(shard, { data: weights });
    for (const file of [
      '../../outside.safetensors',
      '/etc/passwd',
      'model-00002-of-00002.safetensors',
    ]) {
      // prettier-ignore
      hub.files.set('model.safetensors.index.json', { data: index(file), small: true });
      expect((await failure(download())).failure).toBe('damaged');
      await expectNoHalfModel();
    }
    hub.files.set('model.safetensors.index.json', { data: index(shard), small: true });
    await download();
    expect(readFileSync(join(folder(), shard)).equals(weights)).toBe(true);
  });
});

describe('a token', () => {
  const token = 'hf_secret';

  it('goes to the endpoint, and to no host that it leads to', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(weights);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    hub.trouble = (request, response) => {
      if (!request.url!.endsWith('.safetensors')) return false;
      response.writeHead(302, { location: `http://localhost:${port}/blob` }).end();
      return true;
    };
    await download({ token });
    await expectModel();
    elsewhere.close();
    expect(seen).toEqual([undefined]);
    expect(hub.requests.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true); // prettier-ignore
  });

  it('stays here where the connection is not encrypted', async () => {
    const asked: RequestInit[] = [];
    const stub: typeof fetch = (_, init) => {
      asked.push(init!);
      return Promise.resolve(new Response('', { status: 404 }));
    };
    for (const endpoint of ['http://mirror.example', 'https://mirror.example']) {
      const hubAt = connection({ token, fetch: stub, endpoint: new URL(endpoint) });
      await failure(describeRepository(hubAt, id));
    }
    const sent = asked.map(({ headers }) => new Headers(headers).get('authorization'));
    expect(sent).toEqual([null, `Bearer ${token}`]);
  });

  it('does not follow out of encryption, nor for ever', async () => {
    const redirecting =
      (location: string): typeof fetch =>
      () =>
        Promise.resolve(new Response(null, { status: 302, headers: { location } }));
    const endpoint = new URL('https://mirror.example');
    for (const location of ['http://mirror.example/x', 'file:///etc/passwd', '/round']) {
      const error = await failure(
        describeRepository(connection({ endpoint, fetch: redirecting(location) }), id),
      );
      expect(error.message).toMatch(/not safe to follow|without end/);
    }
  });
});

/** A process of its own that downloads slowly, to be killed in the middle of it. */
async function slowDownloader() {
  const slow = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.split('?')[0]!);
    const sha256 = createHash('sha256').update(weights).digest('hex');
    const sha1 = createHash('sha1').update(`blob ${config.length}\0`).update(config).digest('hex');
    const tokens = hub.files.get('tokenizer.json')!.data;
    const sha1b = createHash('sha1').update(`blob ${tokens.length}\0`).update(tokens).digest('hex');
    if (path.startsWith('/api/')) {
      const siblings = [
        { rfilename: 'config.json', size: config.length, blobId: sha1 },
        { rfilename: 'tokenizer.json', size: tokens.length, blobId: sha1b },
        { rfilename: 'model.safetensors', lfs: { sha256, size: weights.length } },
      ];
      response.end(JSON.stringify({ sha: commit, siblings }));
    } else if (path.endsWith('config.json')) response.end(config);
    else if (path.endsWith('tokenizer.json')) response.end(tokens);
    else {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      const range = `bytes ${from}-${weights.length - 1}/${weights.length}`;
      response.writeHead(from > 0 ? 206 : 200, from > 0 ? { 'content-range': range } : {});
      let at = from;
      const timer = setInterval(() => {
        if (at + 2000 < weights.length) response.write(weights.subarray(at, (at += 2000)));
      }, 5);
      response.on('close', () => clearInterval(timer));
    }
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const script = join(root, 'downloader.cjs');
  await build({
    stdin: {
      contents: `
        import { downloadModel } from './src/models/download/downloadModel';
        import { describeRepository } from './src/models/download/hub';
        import { usual } from './src/models/download/hubFetch';
        const [endpoint, downloads] = process.argv.slice(2);
        const hub = { ...usual, endpoint: new URL(endpoint) };
        describeRepository(hub, { repository: 'someone/tiny', revision: 'main' }).then((repository) =>
          downloadModel({ hub, repository, downloads, onProgress: (p) => process.send(p) }));`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile: script,
    logLevel: 'error',
  });
  const { port } = slow.address() as AddressInfo;
  let reached = 0;
  return {
    /** Until some more has come than the last time. */
    run: () =>
      new Promise<{ process: ChildProcess; bytes: number }>((resolve) => {
        const running = fork(script, [`http://127.0.0.1:${port}`, downloads]);
        running.on('message', ({ bytes }: DownloadProgress) => {
          if (bytes < reached + 8000) return;
          reached = bytes;
          resolve({ process: running, bytes });
        });
      }),
    stop: () => {
      slow.closeAllConnections();
      return new Promise((resolve) => slow.close(resolve));
    },
  };
}
