import type * as ort from 'onnxruntime-node';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/userError';
import { dequantise } from '../weights/dequantise';
import type { FilePart, OnnxGraph } from './graphBuilder';

/** A tensor on its way into or out of a graph. */
export interface Tensor<Data extends Float32Array | BigInt64Array = Float32Array> {
  data: Data;
  dims: readonly number[];
}

/** Whole numbers as an input; a list unless `dims` says otherwise. */
export function int64(values: readonly number[], dims = [values.length]): Tensor<BigInt64Array> {
  return { data: BigInt64Array.from(values, BigInt), dims };
}

export interface SessionOptions {
  /** Where the graph's external weights lie: a real folder, without symbolic links. */
  weightsFolder: string;
  /** Threads for one operator; 0 is one for each physical core. */
  threads: number;
  /**
   * Keep the memory of a run for the next one. Pays where a graph has temporaries of many megabytes,
   * which would be mapped and cleared by the system each time; costs what the largest run needed.
   */
  keepMemory?: boolean;
  /**
   * Leave the weights where the system has mapped them instead of packing a copy for faster products:
   * for graphs beside the pass itself, which would otherwise double the model's memory.
   */
  mapWeights?: boolean;
}

/** A graph that is ready to run. A run blocks the thread while it computes. */
export class Session {
  private constructor(
    private readonly runtime: typeof ort,
    private readonly session: ort.InferenceSession,
  ) {}

  /**
   * @param graph whose inputs and outputs are float32 or int64.
   * @throws {UserError} where there is no onnxruntime for this machine.
   */
  static async create(
    graph: OnnxGraph,
    { weightsFolder, threads, keepMemory = false, mapWeights = false }: SessionOptions,
  ) {
    const runtime = await loadRuntime();
    const externalData = await Promise.all(
      [...graph.fromMemory].map(async ([path, part]) => ({
        path,
        data: await readPart(weightsFolder, part),
      })),
    );
    const session = await runtime.InferenceSession.create(graph.file, {
      externalData,
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      // Many sessions live beside one another: each one's own arena would only add up, and pools
      // of threads that wait by spinning would take the cores from the one that works.
      enableCpuMemArena: keepMemory,
      extra: {
        session: {
          model_external_initializers_file_folder_path: weightsFolder,
          disable_prepacking: mapWeights ? '1' : '0',
          intra_op: { allow_spinning: '0' },
        },
      },
    });
    return new Session(runtime, session);
  }

  /** Runs the graph; int64 inputs are given as `BigInt64Array`. Returns the outputs asked for. */
  async run<Output extends string>(
    inputs: Record<string, Tensor<Float32Array | BigInt64Array>>,
    outputs: readonly Output[],
  ): Promise<Record<Output, Tensor<Float32Array | BigInt64Array>>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      feeds[name] =
        data instanceof Float32Array
          ? new this.runtime.Tensor('float32', data, dims)
          : new this.runtime.Tensor('int64', data, dims);
    }
    const results = await this.session.run(feeds, outputs);
    return results as unknown as Record<Output, Tensor<Float32Array | BigInt64Array>>;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** The bytes of a weight as the graph wants them; the runtime copies them. */
async function readPart(folder: string, part: FilePart): Promise<Uint8Array> {
  const { fileName, offset, bytes, dequantise: dtype } = part;
  const file = await open(join(folder, fileName));
  try {
    const stored = new Uint8Array(bytes);
    const { bytesRead } = await file.read(stored, 0, bytes, offset);
    if (bytesRead < bytes) {
      throw new UserError(`${fileName} became shorter while it was open. Open the model again.`);
    }
    return dtype ? new Uint8Array(dequantise(dtype, stored).buffer) : stored;
  } finally {
    await file.close();
  }
}

/** Loads the native library only when the first graph is made, so that its absence can be told. */
async function loadRuntime(): Promise<typeof ort> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const noBinary = code === 'ERR_DLOPEN_FAILED' || message.includes('onnxruntime_binding');
    throw new UserError(
      noBinary
        ? `There is no onnxruntime for this machine (${process.platform} ${process.arch}), so no ` +
            'model can run here; Linux with glibc, Windows, and macOS on Apple silicon have one.'
        : 'The installation is incomplete: onnxruntime cannot be loaded. Install Forward Pass again.',
      { cause },
    );
  }
}
