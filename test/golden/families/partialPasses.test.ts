import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forwardPass, type ResidualStream } from '../../../src/gpt/forwardPass';
import { Model } from '../../../src/gpt/model';
import { PrefixCache } from '../../../src/gpt/prefixCache';
import { attentionOut, attnOutOf } from '../../../src/gpt/probes/attentionOut';
import { keysValues } from '../../../src/gpt/probes/cachedBlock';
import { mlp, mlpReads, neuronOutputs } from '../../../src/gpt/probes/mlp';
import { pattern } from '../../../src/gpt/probes/pattern';
import { valueNorms } from '../../../src/gpt/probes/valueNorms';
import { logSumExp } from '../../../src/gpt/softmax';
import { beamSearch } from '../../../src/inspection/beamSearch';
import { Branch } from '../../../src/inspection/branch';
import { editedPass } from '../../../src/inspection/editedPass';
import { lens } from '../../../src/inspection/lens';
import { lensTable } from '../../../src/inspection/lensTable';
import { activeNeurons, neuronAlongText } from '../../../src/inspection/neurons';
import { patchHeads, patchPositions } from '../../../src/inspection/patching';
import type { Edit } from '../../../src/protocol/interventions';
import { maxDistance } from '../distance';
import { familiesFolder, goldenNames, loadGolden } from '../goldens';

/**
 * Whatever a question computes only in part, from kept keys and values, from some positions on or for
 * several texts at once, against whole passes of the same model, in every family.
 */
const names = goldenNames(familiesFolder).filter((name) => !/F16$/.test(name));

/** Two orders of summation of values of the size 1 to 10. */
const close = 2e-4;

describe.each(names)('a part of a pass in %s', (name) => {
  const golden = loadGolden(name, familiesFolder);
  const ids = golden.inputs.at(-1)!.ids.slice(0, 12);
  const n = ids.length;
  const corruptIds = ids.map((id, i) => (i === 3 || i === 7 ? (id + 11) % 131 : id));
  let model: Model;
  let residual: ResidualStream;

  beforeAll(async () => {
    model = await Model.load(golden.folder, 1);
    residual = await forwardPass(model, ids);
  });
  afterAll(() => model.release());

  const lastRow = (rows: Float32Array) => rows.subarray(-model.config.nEmbd);
  const added = (a: Float32Array, b: Float32Array) => a.map((x, i) => x + b[i]!);
  const rest = async (from: number, resid: Float32Array) => {
    for (let layer = from; layer < model.config.nLayer; layer++) {
      resid = await model.block(layer, resid);
    }
    return resid;
  };
  /** residPost of a layer, from what its attention and its MLP write. */
  const blockOf = async (
    layer: number,
    residPre: Float32Array,
    attnOut: Float32Array,
    change: (mlpOut: Float32Array) => Float32Array = (same) => same,
  ) => {
    const residMid = added(residPre, attnOut);
    const { mlpOut } = await mlp(model, layer, mlpReads(model, residPre, residMid));
    return added(residMid, change(mlpOut));
  };

  it('follows several beams at once, from the middle of a path', async () => {
    const branch = await Branch.of(model, ids.slice(0, 6));
    for (const id of ids.slice(6, 9)) await branch.append(id);
    const options = { width: 3, length: 4, endIds: [] };
    const beams = await beamSearch({ branch, length: 2 }, options);
    let sequences = [{ path: ids.slice(0, 8), total: 0 }];
    for (let step = 0; step < options.length; step++) {
      const ways: typeof sequences = [];
      for (const { path, total } of sequences) {
        const logits = await model.logits(lastRow((await forwardPass(model, path)).at(-1)!));
        const sum = logSumExp(logits);
        logits.forEach((logit, id) =>
          ways.push({ path: [...path, id], total: total + logit - sum }),
        );
      }
      sequences = ways.sort((a, b) => b.total - a.total).slice(0, options.width);
    }
    expect(beams.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
      sequences.map(({ path }) => path.slice(8)),
    );
    beams.forEach(({ logprob }, i) => expect(logprob).toBeCloseTo(sequences[i]!.total, 3));
  });

  it('goes on beyond the context, from branches too', async () => {
    const small = await Model.load(golden.folder, 1, {}, 8);
    const branch = await Branch.of(small, ids.slice(0, 5));
    const path = ids.slice(5);
    for (const id of path) await branch.append(id);
    const forks = [branch, branch.fork(2), branch.fork(6)];
    for (const id of [9, 40, 77]) for (const fork of forks.slice(1)) await fork.append(id);
    for (const fork of forks) {
      const all = [...ids.slice(0, 5), ...fork.path];
      for (let length = 0; length <= fork.length; length++) {
        const window = all.slice(0, 5 + length).slice(-8);
        const expected = lastRow((await forwardPass(small, window)).at(-1)!);
        expect(maxDistance(fork.rowAfter(length), expected)).toBeLessThan(close);
      }
    }
    await small.release();
  });

  it('reads on from where a text was edited', async () => {
    const typed = new PrefixCache(model);
    const edited = [ids, ids.slice(0, 7), [...ids.slice(0, 5), 8, ...ids.slice(6)], corruptIds];
    for (const text of edited) {
      const expected = lastRow((await forwardPass(model, text)).at(-1)!);
      expect(maxDistance(await typed.read(text), expected)).toBeLessThan(close);
    }
  });

  it('patches each place as whole passes do', async () => {
    const { nLayer, nEmbd, nHead } = model.config;
    const corrupt = { ids: corruptIds, residual: await forwardPass(model, corruptIds) };
    const clean = { ids, residual };
    const patching = { model, clean, corrupt, target: 5, versus: 60 };
    const differenceOf = async (last: Float32Array) => {
      const logits = await model.logits(lastRow(last));
      return logits[5]! - logits[60]!;
    };
    const withRow = (into: Float32Array, from: Float32Array, position: number) => {
      const copy = into.slice();
      const range = [position * nEmbd, (position + 1) * nEmbd] as const;
      copy.set(from.subarray(...range), range[0]);
      return copy;
    };
    for (const layer of [0, nLayer - 1]) {
      const [cleanPre, corruptPre] = [residual[layer]!, corrupt.residual[layer]!];
      const [from, into] = [
        await attentionOut(model, layer, cleanPre),
        await attentionOut(model, layer, corruptPre),
      ];
      const cleanMlp = async () => {
        const read = mlpReads(model, cleanPre, added(cleanPre, from.attnOut));
        return (await mlp(model, layer, read)).mlpOut;
      };
      const expected = {
        residPre: async (position: number) => rest(layer, withRow(corruptPre, cleanPre, position)),
        attnOut: async (position: number) => {
          const attnOut = withRow(into.attnOut, from.attnOut, position);
          return rest(layer + 1, await blockOf(layer, corruptPre, attnOut));
        },
        mlpOut: async (position: number) => {
          const clean = await cleanMlp();
          const change = (mlpOut: Float32Array) => withRow(mlpOut, clean, position);
          return rest(layer + 1, await blockOf(layer, corruptPre, into.attnOut, change));
        },
      };
      for (const at of ['residPre', 'attnOut', 'mlpOut'] as const) {
        const { difference } = await patchPositions(patching, at, layer, 0, n);
        for (const position of [0, 3, 4, 7, 8, n - 1]) {
          const one = await differenceOf(await expected[at](position));
          expect(Math.abs(difference[position]! - one), `${at} ${position}`).toBeLessThan(close);
        }
      }
      const { difference } = await patchHeads(patching, layer);
      const dHead = into.z.length / n / nHead;
      for (let head = 0; head < nHead; head++) {
        const z = into.z.map((x, i) => (Math.floor((i % (nHead * dHead)) / dHead) === head ? from.z[i]! : x)); // prettier-ignore
        const attnOut = await attnOutOf(model, layer, z, n);
        const one = await differenceOf(await rest(layer + 1, await blockOf(layer, corruptPre, attnOut))); // prettier-ignore
        expect(Math.abs(difference[head]! - one), `head ${head}`).toBeLessThan(close);
      }
    }
  });

  it('changes what it is told to, and nothing else', async () => {
    const { nLayer, nEmbd, nHead, dHead, attentionWindow } = model.config;
    const layer = nLayer - 1;
    const head = nHead - 1;
    const residPre = residual[layer]!;
    const { z, attnOut } = await attentionOut(model, layer, residPre);
    const { v } = await keysValues(model, layer, residPre); // [nHead, n, dHead]
    const isHead = (i: number) => Math.floor((i % (nHead * dHead)) / dHead) === head;
    const meanOver = (x: Float32Array, width: number) =>
      x.map((_, i) => {
        let sum = 0;
        for (let row = 0; row < n; row++) sum += x[row * width + (i % width)]!;
        return sum / n;
      });
    const withZ = async (changed: Float32Array) =>
      blockOf(layer, residPre, await attnOutOf(model, layer, changed, n));
    const query = n - 2;
    const withRow = (weights: (key: number) => number) =>
      z.map((x, i) => {
        if (!isHead(i) || Math.floor(i / (nHead * dHead)) !== query) return x;
        let sum = 0;
        for (let key = 0; key <= query; key++) {
          sum += weights(key) * v[(head * n + key) * dHead + (i % dHead)]!;
        }
        return sum;
      });
    const own = (await pattern(model, layer, residPre, [head])).subarray(
      query * n,
      (query + 1) * n,
    );
    const first = Math.max(0, query + 1 - (attentionWindow[layer] ?? Infinity));
    const zMean = meanOver(z, nHead * dHead);
    const at = { layer, head };
    const cases: [Edit, () => Promise<Float32Array>][] = [
      [
        { kind: 'ablateHead', ...at, by: 'zero' },
        () => withZ(z.map((x, i) => (isHead(i) ? 0 : x))),
      ],
      [{ kind: 'ablateHead', ...at, by: 'mean' }, () => withZ(z.map((x, i) => (isHead(i) ? zMean[i]! : x)))], // prettier-ignore
      [{ kind: 'scaleHead', ...at, factor: -2 }, () => withZ(z.map((x, i) => (isHead(i) ? -2 * x : x)))], // prettier-ignore
      [{ kind: 'scaleAttention', layer, factor: 0.5 }, () => blockOf(layer, residPre, attnOut.map((x) => x / 2))], // prettier-ignore
      [{ kind: 'ablateMlp', layer, by: 'zero' }, () => blockOf(layer, residPre, attnOut, (x) => x.map(() => 0))], // prettier-ignore
      [{ kind: 'ablateMlp', layer, by: 'mean' }, () => blockOf(layer, residPre, attnOut, (x) => meanOver(x, nEmbd))], // prettier-ignore
      [
        { kind: 'setPatternRow', ...at, query, to: { rule: 'uniform' } },
        () => withZ(withRow((key) => (key < first ? 0 : 1 / (query + 1 - first)))),
      ],
      [
        { kind: 'setPatternRow', ...at, query, to: { rule: 'only', key: query - 1 } },
        () => withZ(withRow((key) => Number(key === query - 1))),
      ],
      [
        { kind: 'setPatternRow', ...at, query, to: { rule: 'without', key: query } },
        () => withZ(withRow((key) => (key === query ? 0 : own[key]! / (1 - own[query]!)))),
      ],
    ];
    for (const [edit, expected] of cases) {
      const changed = await editedPass(model, residual, [edit], new Map());
      const distance = maxDistance(changed.residual.at(-1)!, await expected());
      expect(distance, JSON.stringify(edit)).toBeLessThan(close);
      const early = await editedPass(model, residual, [{ ...edit, layer: 0 }], new Map());
      expect(early.residual[1]).not.toEqual(residual[1]);
      expect(maxDistance(early.residual.at(-1)!, await rest(1, early.residual[1]!))).toBe(0);
    }
  });

  it('shows of neurons, values and layers what a pass has', async () => {
    const { nLayer, nEmbd, nHead, nInner } = model.config;
    const position = n - 3;
    for (let layer = 0; layer < nLayer; layer++) {
      const residPre = residual[layer]!;
      const { z, attnOut } = await attentionOut(model, layer, residPre);
      const read = mlpReads(model, residPre, added(residPre, attnOut));
      const { mlpPost } = await mlp(model, layer, read);
      const wanted = { layers: [layer], position, by: 'activation' as const, topK: 3, tokens: 1 };
      const { neurons } = await activeNeurons(model, residual, wanted, String);
      const all = Array.from(mlpPost.subarray(position * nInner, (position + 1) * nInner));
      const order = all.map((x, i) => [Math.abs(x), i] as const).sort((a, b) => b[0] - a[0]);
      expect(neurons.map(({ neuron }) => neuron)).toEqual(order.slice(0, 3).map(([, i]) => i));
      for (const { neuron, activation } of neurons) {
        expect(Math.abs(activation - all[neuron]!)).toBeLessThan(close);
        const along = await neuronAlongText(model, residual, layer, neuron, 1, String);
        const column = Float32Array.from(
          { length: n },
          (_, row) => mlpPost[row * nInner + neuron]!,
        );
        expect(maxDistance(along.activations, column)).toBeLessThan(close);
        const output = await neuronOutputs(model, layer, [neuron]);
        expect(along.outputNorm).toBeCloseTo(Math.hypot(...output), 3);
      }
      // A head that looks at one position writes what its z alone does, but for the bias.
      const { norms } = await valueNorms(model, layer, residPre);
      const { v } = await keysValues(model, layer, residPre);
      const dHead = z.length / n / nHead;
      if (await isLinear(layer)) {
        const nothing = await attnOutOf(model, layer, new Float32Array(nHead * dHead), 1);
        for (let head = 0; head < nHead; head++) {
          const alone = new Float32Array(nHead * dHead);
          const at = (head * n + position) * dHead;
          alone.set(v.subarray(at, at + dHead), head * dHead);
          const written = await attnOutOf(model, layer, alone, 1);
          const norm = Math.hypot(...written.map((x, i) => x - nothing[i]!));
          expect(Math.abs(norms[head * n + position]! - norm)).toBeLessThan(close);
        }
      }
    }
    const seen = await lens(model, residual, position, ids[position + 1]!, 2, String);
    const table = await lensTable(model, residual, 0, n, String);
    for (const [index, resid] of residual.entries()) {
      const row = resid.subarray(position * nEmbd, (position + 1) * nEmbd);
      const logits = await model.logits(row);
      const sum = logSumExp(logits);
      const best = logits.indexOf(Math.max(...logits));
      const stream = index === 0 ? seen.streams[0]! : seen.streams[2 * index]!;
      expect(stream.top[0]!.id).toBe(best);
      expect(Math.abs(stream.top[0]!.logprob - (logits[best]! - sum))).toBeLessThan(close);
      expect(Math.abs(stream.actual!.logprob - (logits[ids[position + 1]!]! - sum))).toBeLessThan(close); // prettier-ignore
      expect(table.topIds[index * n + position]).toBe(best);
      expect(Math.abs(table.topProbability[index * n + position]! - Math.exp(logits[best]! - sum))).toBeLessThan(close); // prettier-ignore
    }
  });

  /** Whether what attention writes is not normalised before it is added. */
  async function isLinear(layer: number): Promise<boolean> {
    const { nHead, dHead } = model.config;
    const one = Float32Array.from({ length: nHead * dHead }, (_, i) => Math.sin(i));
    const of = (factor: number) => attnOutOf(model, layer, one.map((x) => factor * x), 1); // prettier-ignore
    const [zero, once, twice] = [await of(0), await of(1), await of(2)];
    return maxDistance(twice.map((x, i) => x - zero[i]!), once.map((x, i) => 2 * (x - zero[i]!))) < 1e-3; // prettier-ignore
  }
});
