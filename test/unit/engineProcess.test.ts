import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { EngineClient } from '../../src/engine/client';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const entry = join(__dirname, '../../dist/engine.js');
if (!existsSync(entry)) throw new Error('Build first: npm run build');

const root = mkdtempSync(join(tmpdir(), 'forward-pass-process-'));
// Enough blocks, each slow enough, that a pass can be caught in the middle.
const deep = { ...tinyGpt2, n_layer: 24, n_head: 4, n_embd: 128, n_positions: 512 };
const model = { folder: randomCheckpoint(join(root, 'deep'), deep), threads: 1 };
const ask = { model, topK: 3, bos: false };
const longText = 'word '.repeat(600);

const clients: EngineClient[] = [];
function newClient(unloadAfterMs = 0): EngineClient {
  const client = new EngineClient({
    entry,
    log: () => undefined,
    unloadAfterMs: () => unloadAfterMs,
  });
  clients.push(client);
  return client;
}
afterEach(() => clients.splice(0).forEach((client) => client.dispose()));
afterAll(() => rmSync(root, { recursive: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Resolves when the pass has reached a block in its middle. */
function reachingBlock(client: EngineClient, block: number, signal?: AbortSignal) {
  let reached!: () => void;
  const inTheMiddle = new Promise<void>((resolve) => (reached = resolve));
  const result = client.request(
    'inspect',
    { ...ask, text: longText },
    {
      signal,
      onProgress: ({ message }) => {
        if (message.startsWith(`Block ${block} `)) reached();
      },
    },
  );
  return { inTheMiddle, result };
}

describe('the engine process', () => {
  it('starts with the first request and answers typed arrays', async () => {
    const client = newClient();
    expect(client.pid).toBeUndefined();
    const { run } = await client.request('inspect', { ...ask, text: 'one two' });
    expect(client.pid).toBeGreaterThan(0);
    const logits = await client.request('logits', { run, position: 1 });
    expect(logits).toBeInstanceOf(Float32Array);
    expect(logits).toHaveLength(50257);
  });

  it('answers a failure with a sentence for people', async () => {
    const failure = newClient().request('describe', { model: { folder: root, threads: 0 } });
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toThrow(/no config\.json/);
  });

  it('says when it is killed in the middle of a pass, and the next request works', async () => {
    const client = newClient();
    const { inTheMiddle, result } = reachingBlock(client, 5);
    const waiting = client.request('inspect', { ...ask, text: 'waits in the queue' });
    const failures = Promise.allSettled([result, waiting]);
    await inTheMiddle;
    process.kill(client.pid!, 'SIGKILL');
    for (const failure of await failures) {
      const reason = (failure as PromiseRejectedResult).reason as UserError;
      expect(reason).toBeInstanceOf(UserError);
      expect(reason.message).toMatch(/stopped unexpectedly \(SIGKILL\)/);
    }
    const { tokens } = await client.request('inspect', { ...ask, text: 'one two' });
    expect(tokens).toHaveLength(2);
  });

  it('says when it cannot be started at all', async () => {
    const client = newClient();
    const { execPath } = process;
    process.execPath = join(root, 'nowhere');
    try {
      const failure = client.request('describe', { model });
      await expect(failure).rejects.toBeInstanceOf(UserError);
      await expect(failure).rejects.toThrow(/stopped unexpectedly \(spawn .* ENOENT\)/);
    } finally {
      process.execPath = execPath;
    }
    await client.request('describe', { model });
  });

  it('leaves at once whoever cancels, and goes on', async () => {
    const client = newClient();
    const cancellation = new AbortController();
    const { inTheMiddle, result } = reachingBlock(client, 5, cancellation.signal);
    const failure = result.catch((error: unknown) => error);
    await inTheMiddle;
    cancellation.abort();
    expect(await failure).toBe(cancellation.signal.reason);
    await client.request('inspect', { ...ask, text: 'one two' });
  });

  it('stops a cancelled pass within one block', async () => {
    const child = fork(entry, [], { serialization: 'advanced', stdio: 'ignore', execArgv: [] });
    const connection = createMessageConnection(
      new IPCMessageReader(child),
      new IPCMessageWriter(child),
    );
    connection.listen();
    const blocks: string[] = [];
    let sentAfter = -1;
    connection.onNotification('$/progress', ({ value }: { value: { message: string } }) => {
      if (!value.message.startsWith('Block ')) return;
      blocks.push(value.message);
      if (blocks.length === 3) {
        sentAfter = blocks.length;
        void connection.sendNotification('$/cancelRequest', { id: 0 });
      }
    });
    const params = { params: { ...ask, text: longText }, progressToken: 1 };
    const failure = await connection
      .sendRequest('inspect', params)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: -32800 });
    // The block under way when the cancellation was sent, and no more than one after it.
    expect(blocks.length - sentAfter).toBeLessThanOrEqual(1);
    connection.dispose();
    child.kill();
  });

  it('gives up what is pending when it is restarted', async () => {
    const client = newClient();
    const { inTheMiddle, result } = reachingBlock(client, 3);
    const failure = result.catch((error: unknown) => error);
    await inTheMiddle;
    const { pid } = client;
    client.restart();
    expect(await failure).toMatchObject({ message: expect.stringMatching(/restarted/) as string });
    await untilDead(pid!);
    await client.request('describe', { model });
    expect(client.pid).not.toBe(pid);
  });

  it('gives the model back when it is told to, and loads it again with the next request', async () => {
    const client = newClient();
    expect(client.unload()).toBe(false);
    const before = await client.request('inspect', { ...ask, text: 'Hello' });
    const pid = client.pid!;
    const { inTheMiddle, result } = reachingBlock(client, 2);
    const failed = expect(result).rejects.toThrow('The model was unloaded');
    await inTheMiddle;
    expect(client.unload()).toBe(true);
    await failed;
    await untilDead(pid);
    const after = await client.request('inspect', { ...ask, text: 'Hello' });
    expect(after.next).toEqual(before.next);
  });

  it('gives the model back after a while without a question, and not in the middle of one', async () => {
    const client = newClient(150);
    await client.request('describe', { model });
    const pid = client.pid!;
    for (let times = 0; times < 4; times++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await client.request('inspect', { ...ask, text: `Text ${times}` });
    }
    expect(client.pid).toBe(pid);
    // The idle time of an earlier answer passes while this one is computed.
    await client.request('inspect', { ...ask, text: longText });
    expect(client.pid).toBe(pid);
    await untilDead(pid);
    expect(client.pid).toBeUndefined();
    await client.request('describe', { model });
    expect(client.pid).not.toBe(pid);
  });

  it('keeps the model for ever where it is told so', async () => {
    const client = newClient(0);
    await client.request('describe', { model });
    const { pid } = client;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.pid).toBe(pid);
  });

  it('answers the same whether the weights stay in their file or not', async () => {
    const client = newClient();
    const next = async (mapWeights: 'always' | 'never') =>
      (await client.request('inspect', { ...ask, model: { ...model, mapWeights }, text: 'A b c' }))
        .next;
    const [mapped, packed] = [await next('always'), await next('never')];
    expect(mapped.map(({ id }) => id)).toEqual(packed.map(({ id }) => id));
    for (const [i, { logit }] of mapped.entries()) expect(logit).toBeCloseTo(packed[i]!.logit, 4);
  });

  it('keeps the model where the next one does not work', async () => {
    const client = newClient();
    await client.request('describe', { model });
    await expect(
      client.request('describe', { model: { folder: root, threads: 1 } }),
    ).rejects.toThrow(UserError);
    const { timing } = await client.request('inspect', { ...ask, text: 'Still here' });
    expect(timing.loadMs).toBeLessThan(50);
  });

  it('ends with its parent, also when that is killed', async () => {
    const script = join(root, 'parent.cjs');
    writeFileSync(
      script,
      `const { fork } = require('node:child_process');
       const child = fork(${JSON.stringify(entry)}, [], { serialization: 'advanced' });
       process.stdout.write(String(child.pid) + '\\n');
       setInterval(() => undefined, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await untilDead(pid);
  });
});
