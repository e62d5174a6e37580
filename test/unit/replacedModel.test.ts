import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { pattern } from '../../src/gpt/probes/pattern';
import { UserError } from '../../src/protocol/userError';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

const root = mkdtempSync(join(tmpdir(), 'forward-pass-replaced-'));
afterAll(() => rmSync(root, { recursive: true }));
const [first, second] = [1, 2].map((seed) =>
  randomCheckpoint(join(root, `seed ${seed}`), tinyGpt2, seed, 0.3),
) as [string, string];
const folder = join(root, 'model');
const model = { folder, threads: 1 };
const other = { folder: second, threads: 1 };
const ask = { model, text: 'one two three four', topK: 3, bos: false };
const weights = join(folder, 'model.safetensors');

/** What training does between two questions: other weights of the same shape in the file's place. */
const replace = () => cpSync(join(second, 'model.safetensors'), weights);

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(first, folder, { recursive: true });
});

describe('a model whose files are replaced once it is loaded', () => {
  it.each<[string, () => void]>([
    ['by other weights', replace],
    ['by nothing', () => rmSync(weights)],
  ])('%s never mixes the two, and can be given back', async (_, spoil) => {
    const gpt = await Model.load(folder, 1);
    const residual = await forwardPass(gpt, [5, 9, 70]);
    const before = await pattern(gpt, 0, residual[0]!, [0]);
    spoil();
    expect(await pattern(gpt, 0, residual[0]!, [0])).toEqual(before); // the graph is there already
    const failure = await pattern(gpt, 1, residual[1]!, [0]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toBe(
      'model.safetensors was replaced since it was opened. Open the model again.',
    );
    await gpt.release();
  });

  it('makes a graph that failed once when it is asked for again', async () => {
    const gpt = await Model.load(folder, 1);
    const broken = () => {
      throw new Error('not now');
    };
    expect(() => gpt.probe('some', broken)).toThrow('not now');
    const missing = gpt.probe('some', (g, { weight, layout }) => {
      const table = { ...weight(layout.tokenEmbedding), fileName: 'nothing.safetensors' };
      g.output('y', g.weight(table), 'F32', [50257, 8]);
    });
    await expect(missing).rejects.toThrow();
    const residual = await forwardPass(gpt, [5, 9, 70]);
    const session = await gpt.probe('some', (g) => {
      g.output('y', g.op('Neg', [g.input('x', 'F32', ['n'])]), 'F32', ['n']);
    });
    const x = { data: residual[0]!, dims: [residual[0]!.length] };
    expect((await session.run({ x }, ['y'])).y.data[0]).toBe(-residual[0]![0]!);
    await gpt.release();
  });

  it('makes room for another model after a graph could not be made', async () => {
    const { handlers } = new Engine();
    const { run } = await handlers.inspect(ask);
    // While the question is answered, behind the look at the files with which it began.
    const onProgress = () => rmSync(weights, { force: true });
    const ids = [...run.ids, 7];
    const asked = handlers.attention({ run: { model, ids }, layer: 2, head: null }, { onProgress });
    await expect(asked).rejects.toThrow(/was replaced since it was opened/);
    const next = await handlers.inspect({ ...ask, model: other });
    const alone = await new Engine().handlers.inspect({ ...ask, model: other });
    expect(next.next).toEqual(alone.next);
    expect((await handlers.inspect({ ...ask, model: { ...other, folder: first } })).next).toHaveLength(3); // prettier-ignore
  });

  it('is not asked about a text that the one before it read', async () => {
    const { handlers } = new Engine();
    const { run } = await handlers.inspect(ask);
    const tokenized = await handlers.tokenize(ask);
    expect(tokenized.run).toEqual(run);
    await handlers.attention({ run, layer: 0, head: 0 });
    replace();
    for (const question of [
      () => handlers.attention({ run, layer: 0, head: 0 }),
      () => handlers.lens({ run, position: 1, topK: 3 }),
      () => handlers.nextTokens({ run, position: 1, path: [5], topK: 3 }),
      () => handlers.patchBaseline({ clean: { model, ids: run.ids }, corrupt: { ...run, ids: run.ids.toReversed() }, target: null, versus: null }), // prettier-ignore
    ]) {
      const failure = await question().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect((failure as UserError).message).toBe(
        'The files of model were replaced since this text was inspected: inspect it again.',
      );
    }
    const again = await handlers.inspect(ask);
    await handlers.attention({ run: again.run, layer: 0, head: 0 });
  });

  it('goes on to the end of what it is generating', async () => {
    const expected = await new Engine().handlers.generate(generation);
    const { handlers } = new Engine();
    let spoiled = false;
    const onProgress = ({ message }: { message: string }) => {
      if (!spoiled && message.startsWith('Token 4')) replace();
      spoiled ||= message.startsWith('Token 4');
    };
    const generated = await handlers.generate(generation, { onProgress });
    expect(generated.tokens).toEqual(expected.tokens);
    const after = await handlers.generate(generation);
    expect(after.tokens).not.toEqual(expected.tokens);
  });
  const sampling = { temperature: 1, topK: null, topP: 1 };
  const generation = { ...ask, maxTokens: 8, sampling, seed: 3, topK: 2 };

  it('ends texts by what generation_config.json says now', async () => {
    const { handlers } = new Engine();
    const before = await handlers.generate(generation);
    const { id } = before.tokens[0]!;
    writeFileSync(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: id }));
    expect((await handlers.generate(generation)).tokens).toHaveLength(1);
  });
});

describe('the SHA-256 beside the weights', () => {
  const record = (name: string, hash = '0'.repeat(64)) =>
    writeFileSync(join(folder, 'model.sha256'), `${hash}  ${name}\r\n`);

  it('may be written with the line ends of Windows', async () => {
    record('model.safetensors', createHash('sha256').update(readFileSync(weights)).digest('hex'));
    await new Engine().handlers.describe({ model });
  });

  it.skipIf(process.platform === 'win32')('is no reason to read what never ends', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['pipe', '../../../../../../dev/zero']) {
      record(name);
      await expect(new Engine().handlers.describe({ model })).rejects.toThrow(/is not the file whose/); // prettier-ignore
    }
  });

  it('can be given up on while it is computed', async () => {
    record('model.safetensors');
    const cancellation = new AbortController();
    const described = new Engine().handlers.describe({ model }, { signal: cancellation.signal });
    setImmediate(() => cancellation.abort());
    await expect(described).rejects.toMatchObject({ name: 'AbortError' });
  });
});
