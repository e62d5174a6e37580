import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { attentionOut, attnOutOf } from '../gpt/probes/attentionOut';
import { logitsOf } from '../gpt/probes/logitsOf';
import { mlp, mlpReads } from '../gpt/probes/mlp';
import type { Patched, PatchPlace } from '../protocol/patching';
import { patchChunks, rowsPerCall } from './patchChunks';
import { runEndings } from './runEndings';

/** A text that was run. */
export interface TextRun {
  ids: readonly number[]; // [n]
  residual: ResidualStream;
}

/** The two runs between which is patched, and the two tokens whose logits are compared. */
export interface Patching {
  model: Model;
  clean: TextRun;
  corrupt: TextRun;
  target: number;
  versus: number;
}

/**
 * Activation patching (Meng et al. 2022, "causal tracing" without the noise; Heimersheim and Nanda
 * 2024): what the corrupted run would have said had one activation of one position been the clean
 * run's. For the positions from `from` to before `to` of a layer, each alone.
 */
export async function patchPositions(
  patching: Patching,
  at: PatchPlace,
  layer: number,
  from: number,
  to: number,
  options: PassOptions = {},
): Promise<Patched> {
  const { model, corrupt } = patching;
  const { nEmbd } = model.config;
  const n = corrupt.ids.length;
  const ends = await endsOfScale(patching);
  const difference = new Float64Array(to - from).fill(ends.corrupt);
  const first = Math.max(from, firstDifference(patching));
  const into = at === 'residPre' ? layer : layer + 1; // the residual stream that changes
  const rows = await patchedRows(patching, at, layer, first, to); // [to - first, nEmbd]
  for (const chunk of patchChunks(n, first)) {
    if (chunk.from < first || chunk.from >= to) continue;
    const positions = range(chunk.from, Math.min(chunk.to, to)).filter((position) =>
      isChange(patching, at, layer, position),
    );
    if (positions.length === 0) continue;
    const ending = corrupt.residual[into]!.subarray(chunk.from * nEmbd); // [m, nEmbd]
    const endings = new Float32Array(positions.length * ending.length);
    for (const [cell, position] of positions.entries()) {
      const row = (position - first) * nEmbd;
      endings.set(ending, cell * ending.length);
      endings.set(
        rows.subarray(row, row + nEmbd),
        cell * ending.length + (position - chunk.from) * nEmbd,
      );
    }
    const count = positions.length;
    const last = await runEndings(model, corrupt.residual, into, endings, count, options);
    const found = await differences(patching, last);
    positions.forEach((position, cell) => (difference[position - from] = found[cell]!));
  }
  return patched(difference, ends);
}

/** The same for each head of a layer alone: its z at all positions. */
export async function patchHeads(
  patching: Patching,
  layer: number,
  options: PassOptions = {},
): Promise<Patched> {
  const { model, clean, corrupt } = patching;
  const { nHead, nEmbd } = model.config;
  const n = corrupt.ids.length;
  const ends = await endsOfScale(patching);
  const difference = new Float64Array(nHead).fill(ends.corrupt);
  const first = firstDifference(patching);
  const length = n - first;
  if (length === 0) return patched(difference, ends);

  const [from, into] = [
    await attentionOut(model, layer, clean.residual[layer]!),
    await attentionOut(model, layer, corrupt.residual[layer]!),
  ];
  const width = into.z.length / n; // nHead · dHead
  const [cleanZ, corruptZ] = [from.z, into.z].map((z) => z.subarray(first * width));
  const residPre = corrupt.residual[layer]!.subarray(first * nEmbd);
  const headsAtOnce = Math.max(1, Math.round(rowsPerCall / length));
  for (let start = 0; start < nHead; start += headsAtOnce) {
    const heads = Math.min(headsAtOnce, nHead - start);
    const z = new Float32Array(heads * length * width);
    for (let i = 0; i < heads; i++) {
      const own = z.subarray(i * length * width, (i + 1) * length * width);
      own.set(corruptZ!);
      copyHead(cleanZ!, own, start + i, nHead, width);
    }
    const attnOut = await attnOutOf(model, layer, z, heads * length);
    const before = attnOut.map((_, i) => residPre[i % residPre.length]!);
    const endings = await restOfBlock(model, layer, before, attnOut);
    const last = await runEndings(model, corrupt.residual, layer + 1, endings, heads, options);
    difference.set(await differences(patching, last), start);
  }
  return patched(difference, ends);
}

/** The logit differences of the two runs themselves. */
export async function endsOfScale(patching: Patching): Promise<{ clean: number; corrupt: number }> {
  const { model, clean, corrupt } = patching;
  const { nEmbd } = model.config;
  const last = new Float32Array(2 * nEmbd);
  last.set(clean.residual.at(-1)!.subarray(-nEmbd));
  last.set(corrupt.residual.at(-1)!.subarray(-nEmbd), nEmbd);
  const [ofClean, ofCorrupt] = await differences(patching, last);
  return { clean: ofClean!, corrupt: ofCorrupt! };
}

/** The rows that a patch puts into the residual stream after it, for the positions from `from` on. */
async function patchedRows(
  { model, clean, corrupt }: Patching,
  at: PatchPlace,
  layer: number,
  from: number,
  to: number,
): Promise<Float32Array> {
  const { nEmbd } = model.config;
  if (from >= to) return new Float32Array(0);
  const rows = (all: Float32Array) => all.subarray(from * nEmbd, to * nEmbd);
  const [cleanPre, corruptPre] = [clean.residual[layer]!, corrupt.residual[layer]!];
  if (at === 'residPre') return rows(cleanPre);
  const cleanOut = rows((await attentionOut(model, layer, cleanPre)).attnOut);
  if (at === 'attnOut') return restOfBlock(model, layer, rows(corruptPre), cleanOut);
  const corruptOut = rows((await attentionOut(model, layer, corruptPre)).attnOut);
  const read = mlpReads(model, rows(cleanPre), added(rows(cleanPre), cleanOut));
  const { mlpOut } = await mlp(model, layer, read);
  return added(added(rows(corruptPre), corruptOut), mlpOut);
}

/** residPre and what attention wrote → residPost, rows [m, nEmbd] all. */
async function restOfBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  attnOut: Float32Array,
) {
  const residMid = added(residPre, attnOut);
  return added(residMid, (await mlp(model, layer, mlpReads(model, residPre, residMid))).mlpOut);
}

/** Logit of the target less that of the other token, after rows [m, nEmbd] of the last stream. */
async function differences({ model, target, versus }: Patching, rows: Float32Array) {
  const logits = await logitsOf(model, rows, [target, versus]); // [m, 2]
  return Float64Array.from(
    { length: logits.length / 2 },
    (_, row) => logits[2 * row]! - logits[2 * row + 1]!,
  );
}

function patched(
  difference: Float64Array,
  { clean, corrupt }: { clean: number; corrupt: number },
): Patched {
  return {
    difference: Float32Array.from(difference),
    restored: Float32Array.from(difference, (value) => (value - corrupt) / (clean - corrupt)),
  };
}

/**
 * Whether the patch can change anything. Nothing looks ahead: up to the first different token all
 * activations are the same; and the embedding of a token depends on nothing but its position.
 */
function isChange(patching: Patching, at: PatchPlace, layer: number, position: number): boolean {
  const { clean, corrupt } = patching;
  if (at === 'residPre' && layer === 0) return clean.ids[position] !== corrupt.ids[position];
  return position >= firstDifference(patching);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function firstDifference({ clean, corrupt }: Patching): number {
  const at = corrupt.ids.findIndex((id, position) => id !== clean.ids[position]);
  return at === -1 ? corrupt.ids.length : at;
}

/** Copies one head's columns of z, [m, width]. */
function copyHead(
  from: Float32Array,
  to: Float32Array,
  head: number,
  nHead: number,
  width: number,
) {
  const dHead = width / nHead;
  for (let at = head * dHead; at < from.length; at += width) {
    to.set(from.subarray(at, at + dHead), at);
  }
}

function added(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((x, i) => x + b[i]!);
}
