import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forwardPass } from '../../../src/gpt/forwardPass';
import { Model } from '../../../src/gpt/model';
import { argmax } from '../../../src/gpt/sampling';
import { attentionPattern } from '../../../src/inspection/attention';
import { maxDistance } from '../distance';
import { goldenNames, loadGolden, noiseFloor } from '../goldens';

/** How far one golden model is from `transformers`, over all of its inputs. */
export interface ModelFidelity {
  name: string;
  family: string;
  /** What is special about it. */
  about: string;
  /** How its weights are stored; "mixed" where that differs between tensors. */
  dtype: string;
  positions: number;
  /** Positions with the same likeliest token. */
  sameTop: number;
  /** The largest distance of a logit, and of an attention weight. */
  logit: number;
  pattern: number;
  /** The largest distance of a logit between `transformers` in float32 and in float64. */
  noise: number;
}

/** @param goldenFolder `test/golden`. */
export async function measureAll(goldenFolder: string): Promise<ModelFidelity[]> {
  const found: ModelFidelity[] = [];
  for (const folder of ['data', 'families/data'].map((data) => join(goldenFolder, data))) {
    for (const name of goldenNames(folder)) found.push(await measure(name, folder));
  }
  return found;
}

async function measure(name: string, dataFolder: string): Promise<ModelFidelity> {
  const { folder, inputs } = loadGolden(name, dataFolder);
  const { about, logits: noise } = noiseFloor(name, dataFolder);
  const model = await Model.load(folder, 1);
  const worst = { positions: 0, sameTop: 0, logit: 0, pattern: 0 };
  try {
    const { family, vocabSize } = model.config;
    for (const { ids, logits: expected, patterns } of inputs) {
      const residual = await forwardPass(model, ids);
      const logits = await model.logits(residual.at(-1)!); // [n, vocab]
      worst.logit = Math.max(worst.logit, maxDistance(logits, expected));
      for (let row = 0; row < ids.length; row++) {
        const [from, to] = [row * vocabSize, (row + 1) * vocabSize];
        const same = argmax(logits.subarray(from, to)) === argmax(expected.subarray(from, to));
        worst.sameTop += same ? 1 : 0;
      }
      worst.positions += ids.length;
      for (const [layer, pattern] of patterns.entries()) {
        const own = await attentionPattern(model, residual, layer, null);
        worst.pattern = Math.max(worst.pattern, maxDistance(own.pattern, pattern));
      }
    }
    return { name, family, about, dtype: storedDtype(folder), noise, ...worst };
  } finally {
    await model.release();
  }
}

/** From the file itself: what a model says of its dtype is that of its embedding. */
function storedDtype(folder: string): string {
  const file = readFileSync(join(folder, 'model.safetensors'));
  const header = file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString();
  const tensors = JSON.parse(header) as Record<string, { dtype?: string }>;
  const floats = Object.values(tensors).flatMap(({ dtype }) =>
    dtype !== undefined && /^B?F\d/.test(dtype) ? [dtype] : [],
  );
  const [dtype, ...others] = new Set(floats);
  return others.length === 0 ? dtype! : 'mixed';
}
