import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedTexts } from '../../src/engine/typedTexts';
import { forwardPass } from '../../src/gpt/forwardPass';
import { Model } from '../../src/gpt/model';
import { PrefixCache } from '../../src/gpt/prefixCache';
import { logitsAt } from '../../src/inspection/predictions';
import { gpt2Small, randomCheckpoint } from '../fixtures/randomCheckpoint';
import { paired, table } from './measure';

/**
 * A key press while the prediction at the cursor is on, against a pass over the same text. The text's
 * beginning is known, its last token or last two are new, or one in the middle. GPT-2 124M's shape,
 * random weights, float32. All ratios are to one pass with the last position's logits.
 */
async function main() {
  const folder = randomCheckpoint(join(tmpdir(), 'forward-pass-bench-gpt2-small'), gpt2Small);
  const model = await Model.load(folder, 0);
  const rows = [];
  for (const [n, rounds] of [
    [64, 21],
    [256, 15],
    [1024, 5],
  ] as const) {
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % 50257);
    let presses = 0;
    /** Tokens that were never read before, from a place on. */
    const changed = (at: number, count: number) => {
      presses++;
      const fresh = Array.from({ length: count }, (_, i) => (presses * 31 + i) % 50257);
      return [...ids.slice(0, at), ...fresh, ...ids.slice(at + count)];
    };
    /** Each kind of key press has a text of its own, that the others do not change. */
    const press = async (text: () => number[]) => {
      const typed = new TypedTexts(model, Infinity);
      await typed.read(ids, {});
      return async () => model.distributions((await typed.read(text(), {})).row, [0], 10);
    };
    const [pass, fresh, back, one, two, middle] = await paired(
      [
        async () => logitsAt(model, await forwardPass(model, ids), n - 1),
        async () => model.distributions(await new PrefixCache(model).read(ids), [0], 10),
        await press(() => ids.slice(0, n - 2)),
        await press(() => changed(n - 1, 1)),
        await press(() => changed(n - 2, 2)),
        await press(() => changed(n / 2, 1)),
      ],
      rounds,
    );
    const cache = new PrefixCache(model);
    await cache.read(ids);
    rows.push({
      n,
      'pass ms': pass!.ms.toFixed(1),
      'key press ms': one!.ms.toFixed(1),
      'a token': one!.ratio.toFixed(3),
      'two tokens': two!.ratio.toFixed(3),
      'going back': back!.ratio.toFixed(3),
      'in the middle': middle!.ratio.toFixed(3),
      'nothing known': fresh!.ratio.toFixed(3),
      'kept MB': (cache.bytes / 2 ** 20).toFixed(1),
    });
  }
  table(rows);
}

void main();
