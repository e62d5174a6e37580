import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What Hugging Face `transformers` computes in float32 with a small GPT-2 checkpoint of random
 * weights; `generate.py` makes them. The reader of the file is the tests' own, so that a mistake in
 * the extension's cannot hide itself.
 */
export interface Golden {
  /** The model: config.json and model.safetensors, or a GGUF file. */
  folder: string;
  inputs: GoldenInput[];
  /** The greedy continuation of a prompt; few goldens have one. */
  greedy: { prompt: number[]; ids: number[] } | null;
}

export interface GoldenInput {
  ids: number[]; // [n]
  logits: Float32Array; // [n, vocab]
  /** After the embedding and after each block, before the final layer norm. */
  residual: Float32Array[]; // [nLayer + 1] of [n, nEmbd]
  patterns: Float32Array[]; // [nLayer] of [head, queryPos, keyPos]
  /** Of token i + 1, in the distribution after token i. */
  logprob: Float64Array; // [n - 1]
  /** Of token i + 1, in the distribution after token i; 1 is the most likely. */
  rank: Int32Array; // [n - 1]
  /** In nats, of the distribution after token i. */
  entropy: Float64Array; // [n]
  /** The five most likely tokens after token i. */
  top: { id: number; logprob: number }[][]; // [n] of [5]
}

/** Largest distance between the float32 values and the same model in float64. */
export interface NoiseFloor {
  about: string;
  logits: number;
  residual: number;
  pattern: number;
  largestLogit: number;
}

const gpt2Folder = join(import.meta.dirname, 'data');
/** One or more models of every family; the folder above holds GPT-2's variants. */
export const familiesFolder = join(import.meta.dirname, 'families', 'data');

export function goldenNames(dataFolder = gpt2Folder): string[] {
  return readdirSync(dataFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export function loadGolden(name: string, dataFolder = gpt2Folder): Golden {
  const folder = join(dataFolder, name);
  const tensors = readTensors(join(folder, 'expected.safetensors'));
  const float32 = (key: string) => new Float32Array(tensors.get(key)!.bytes);
  const float64 = (key: string) => new Float64Array(tensors.get(key)!.bytes);
  const int32 = (key: string) => new Int32Array(tensors.get(key)!.bytes);
  /** Cuts a tensor along its first axis. */
  const slices = (key: string) => {
    const all = float32(key);
    const [count] = tensors.get(key)!.shape as [number];
    const size = all.length / count;
    return Array.from({ length: count }, (_, i) => all.subarray(i * size, (i + 1) * size));
  };

  const inputs: GoldenInput[] = [];
  for (let i = 0; tensors.has(`${i}.ids`); i++) {
    const topIds = int32(`${i}.top.ids`); // [n, 5]
    const topLogprobs = float64(`${i}.top.logprobs`); // [n, 5]
    const k = tensors.get(`${i}.top.ids`)!.shape[1]!;
    const ids = Array.from(int32(`${i}.ids`));
    inputs.push({
      ids,
      logits: float32(`${i}.logits`),
      residual: slices(`${i}.residual`),
      patterns: slices(`${i}.pattern`),
      logprob: float64(`${i}.logprob`),
      rank: int32(`${i}.rank`),
      entropy: float64(`${i}.entropy`),
      top: ids.map((_, row) =>
        Array.from({ length: k }, (_, j) => ({
          id: topIds[row * k + j]!,
          logprob: topLogprobs[row * k + j]!,
        })),
      ),
    });
  }
  const greedy = tensors.has('greedy.ids')
    ? { prompt: Array.from(int32('greedy.prompt')), ids: Array.from(int32('greedy.ids')) }
    : null;
  return { folder, inputs, greedy };
}

export function noiseFloor(name: string, dataFolder = gpt2Folder): NoiseFloor {
  const floors = JSON.parse(readFileSync(join(dataFolder, 'noiseFloor.json'), 'utf8')) as Record<
    string,
    NoiseFloor
  >;
  return floors[name]!;
}

interface StoredTensor {
  dtype: string;
  shape: number[];
  bytes: ArrayBuffer;
}

/** A safetensors file: an 8-byte length, a JSON header of that length, the tensors' bytes. */
export function readTensors(path: string): Map<string, StoredTensor> {
  const file = new Uint8Array(readFileSync(path)).buffer;
  const dataStart = 8 + Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.slice(8, dataStart))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    entries.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => [name, { dtype, shape, bytes: file.slice(dataStart + start, dataStart + end) }],
    ),
  );
}
