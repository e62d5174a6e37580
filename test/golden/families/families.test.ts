import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass, type ResidualStream } from '../../../src/gpt/forwardPass';
import { KeyValueCache, textKeysValues } from '../../../src/gpt/keyValueCache';
import { Model } from '../../../src/gpt/model';
import { PrefixCache } from '../../../src/gpt/prefixCache';
import { attentionAt } from '../../../src/gpt/probes/attentionAt';
import { attentionOut } from '../../../src/gpt/probes/attentionOut';
import { changedBlock, noEdits } from '../../../src/gpt/probes/changedBlock';
import { mlp, mlpReads } from '../../../src/gpt/probes/mlp';
import { attribution } from '../../../src/inspection/attribution';
import { runEndings } from '../../../src/inspection/runEndings';
import { compare, inShort, limits, noDistances } from '../comparePass';
import { maxDistance } from '../distance';
import {
  familiesFolder,
  goldenNames,
  loadGolden,
  noiseFloor,
  readTensors,
  type GoldenInput,
} from '../goldens';

const table: Record<string, Record<string, string>> = {};
afterAll(() => console.table(table));

/** Two orders of summation of values of the size 1 to 10. */
const sameValue = 5e-5;

describe.each(goldenNames(familiesFolder))('family golden %s', (name) => {
  const golden = loadGolden(name, familiesFolder);
  const longest = golden.inputs.at(-1)!;
  const n = longest.ids.length;
  let model: Model;
  let residual: ResidualStream;

  beforeAll(async () => {
    model = await Model.load(golden.folder, 1);
    residual = await forwardPass(model, longest.ids);
  });
  afterAll(() => model.release());

  it(`agrees with transformers: ${noiseFloor(name, familiesFolder).about}`, async () => {
    const worst = noDistances();
    for (const input of golden.inputs) await compare(model, input, worst);
    table[name] = inShort({ ...worst, attnOut: await worstOfParts(model, longest, residual) });
    for (const quantity of Object.keys(limits) as (keyof typeof limits)[]) {
      expect(worst[quantity], quantity).toBeLessThanOrEqual(limits[quantity]);
    }
  });

  /** What attention adds by transformers' hooks; what the MLP adds is then what is left. */
  async function worstOfParts(model: Model, input: GoldenInput, residual: ResidualStream) {
    const stored = readTensors(join(golden.folder, 'expected.safetensors'));
    const all = new Float32Array(stored.get(`${golden.inputs.indexOf(input)}.attnOut`)!.bytes);
    let worst = 0;
    for (let layer = 0; layer < model.config.nLayer; layer++) {
      const [residPre, residPost] = [residual[layer]!, residual[layer + 1]!];
      const { attnOut } = await attentionOut(model, layer, residPre);
      const expected = all.subarray(layer * attnOut.length, (layer + 1) * attnOut.length);
      const residMid = residPre.map((value, i) => value + attnOut[i]!);
      const { mlpOut } = await mlp(model, layer, mlpReads(model, residPre, residMid));
      worst = Math.max(
        worst,
        maxDistance(attnOut, expected),
        maxDistance(
          mlpOut,
          residPost.map((value, i) => value - residMid[i]!),
        ),
      );
    }
    expect(worst).toBeLessThanOrEqual(sameValue);
    return worst;
  }

  it('shows at one position what it shows of all', async () => {
    const { nLayer, nHead, nEmbd } = model.config;
    for (let layer = 0; layer < nLayer; layer++) {
      const { attnOut } = await attentionOut(model, layer, residual[layer]!);
      for (const position of [0, 3, n - 1]) {
        const at = await attentionAt(model, layer, residual[layer]!, position);
        const row = attnOut.subarray(position * nEmbd, (position + 1) * nEmbd);
        expect(maxDistance(at.attnOut, row)).toBeLessThan(sameValue);
        const sum = at.bias.map((value, i) => {
          let total = value;
          for (let head = 0; head < nHead; head++) total += at.headOut[head * nEmbd + i]!;
          return total;
        });
        expect(maxDistance(sum, row)).toBeLessThan(sameValue);
        for (let head = 0; head < nHead; head++) {
          const expected = longest.patterns[layer]!.subarray(
            (head * n + position) * n,
            (head * n + position) * n + position + 1,
          );
          const own = at.pattern.subarray(head * (position + 1), (head + 1) * (position + 1));
          expect(maxDistance(own, expected)).toBeLessThan(limits.pattern);
        }
      }
    }
  });

  it('reads on from kept keys and values as a pass does', async () => {
    const last = longest.residual.at(-1)!;
    const rowOf = (position: number) =>
      last.subarray(position * model.config.nEmbd, (position + 1) * model.config.nEmbd);
    const typed = new PrefixCache(model);
    for (const length of [1, 4, 5, 12, n]) {
      const row = await typed.read(longest.ids.slice(0, length));
      expect(maxDistance(row, rowOf(length - 1))).toBeLessThan(sameValue);
    }
    const cache = new KeyValueCache(model, await textKeysValues(model, residual), 3, 2, 4);
    for (let position = 3; position < n; position++) {
      const rows = await cache.append([longest.ids[position]!, longest.ids[position]!]);
      expect(maxDistance(rows.subarray(0, model.config.nEmbd), rowOf(position))).toBeLessThan(
        sameValue,
      );
      expect(maxDistance(rows.subarray(model.config.nEmbd), rowOf(position))).toBeLessThan(
        sameValue,
      );
    }
  });

  it('runs endings and edited blocks as a pass does', async () => {
    const { nLayer, nHead, nEmbd } = model.config;
    const from = n - 6;
    for (let layer = 0; layer < nLayer; layer++) {
      const ending = residual[layer]!.subarray(from * nEmbd);
      const twice = new Float32Array([...ending, ...ending]);
      const last = await runEndings(model, residual, layer, twice, 2, {});
      const expected = residual.at(-1)!.subarray(-nEmbd);
      for (const at of [0, nEmbd]) {
        expect(maxDistance(last.subarray(at, at + nEmbd), expected)).toBeLessThan(sameValue);
      }
      const edited = await changedBlock(model, layer, residual[layer]!, noEdits(nHead));
      expect(maxDistance(edited, residual[layer + 1]!)).toBeLessThan(sameValue);
      const batch = new Float32Array([...residual[layer]!, ...residual[layer]!]);
      const both = await model.block(layer, batch, 2);
      expect(maxDistance(both.subarray(both.length / 2), residual[layer + 1]!)).toBeLessThan(
        sameValue,
      );
    }
  });

  it('attributes a logit to its parts without a rest', async () => {
    for (const versus of [null, 7]) {
      const question = { position: n - 1, target: null, versus };
      const found = await attribution(model, longest.ids, residual, question, String);
      expect(Math.abs(found.error)).toBeLessThan(sameValue);
    }
  });
});
