import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-switching-'));
afterAll(() => rmSync(root, { recursive: true }));
const tiny = (name: string) => ({
  folder: randomCheckpoint(join(root, name), tinyGpt2),
  threads: 1,
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('keeps nothing of a model that another one took the place of', async () => {
  const engine = new Engine();
  const { handlers } = engine;
  const model = tiny('first');
  const ask = { model, text: 'Once upon a time', topK: 3, bos: false };
  const { run } = await handlers.inspect(ask);
  await handlers.attention({ run, layer: 1, head: 0 });
  await handlers.nextTokens({ run, position: 2, path: [100, 200], topK: 3 });
  const edits = [{ kind: 'ablateHead' as const, layer: 1, head: 0, by: 'zero' as const }];
  await handlers.intervene({ run, edits, topK: 3, position: 1 });
  await handlers.predictNext(ask);

  const loaded = new WeakRef(await engine.load(model, {}));
  const gpt = new WeakRef(loaded.deref()!.model);
  await handlers.inspect({ ...ask, model: tiny('second') });
  await new Promise((resolve) => setTimeout(resolve, 20));
  collectGarbage();
  expect([loaded.deref()?.key, gpt.deref()?.description]).toEqual([undefined, undefined]);
});
