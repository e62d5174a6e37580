import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { commit, FakeHub } from '../fixtures/fakeHub';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const cli = join(__dirname, '../../dist/cli.js');
if (!existsSync(cli)) throw new Error('Build first: npm run build');

const root = mkdtempSync(join(tmpdir(), 'forward-pass-cli-models-'));
afterAll(() => rmSync(root, { recursive: true }));
const tiny = randomCheckpoint(join(root, 'work', 'tiny'), tinyGpt2);

let hub: FakeHub;
beforeEach(async () => {
  hub = new FakeHub();
  hub.files.set('config.json', { data: readFileSync(join(tiny, 'config.json')), small: true });
  hub.files.set('model.safetensors', { data: readFileSync(join(tiny, 'model.safetensors')) });
  await hub.start();
});
afterEach(() => hub.stop());

/** With a home of its own, and the hub on this machine. */
async function run(...args: string[]) {
  const env = { HOME: root, USERPROFILE: root, FORWARD_PASS_MODELS: join(root, 'downloads'), HF_ENDPOINT: hub.endpoint.href, HF_TOKEN: 'hf_x' }; // prettier-ignore
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exited, stdout, stderr };
}

it('downloads a model, lists it and reads with it', async () => {
  const downloaded = await run('download', 'someone/tiny');
  expect(downloaded).toMatchObject({ status: 0, stderr: '' });
  const model = join(root, 'downloads', 'someone--tiny', commit);
  expect(JSON.parse(downloaded.stdout)).toEqual({ repository: 'someone/tiny', commit, model });
  expect(hub.requests[0]!.authorization).toBe('Bearer hf_x');

  const listed = await run('models', '--in', join(root, 'work'));
  const { machine, models } = JSON.parse(listed.stdout) as {
    machine: { total: number; free: number };
    models: Record<string, unknown>[];
  };
  expect(machine.total).toBeGreaterThan(machine.free);
  expect(models.map(({ origin, name, verdict }) => [origin, name, verdict])).toEqual([
    ['bundled', 'forward-pass-gpt', 'fits'],
    ['downloaded', 'someone/tiny', 'fits'],
    ['workspace', 'tiny', 'fits'],
  ]);
  const inspected = await run('inspect', '--model', model, '--text', 'Hello');
  expect((JSON.parse(inspected.stdout) as { model: object }).model).toMatchObject({
    name: 'someone/tiny',
  });
});

it.each([
  [['download'], 2, /Name one model/],
  [['download', 'a', 'b'], 2, /Name one model/],
  [['download', 'not a name'], 1, /^"not a name" is not the name of a model/],
  [['download', 'someone/else'], 1, /no model someone\/else/],
  [['download', 'someone/tiny', '--gguf', 'x.gguf'], 1, /no file x\.gguf/],
  [['download', 'someone/tiny', '--endpoint', 'ftp://x'], 1, /must be a web address/],
])('says what is wrong with %j', async (args, status, sentence) => {
  const result = await run(...args);
  expect(result.stderr).toMatch(sentence);
  expect(result).toMatchObject({ status, stdout: '' });
});
