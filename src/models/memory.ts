import { totalmem, freemem } from 'node:os';
import type { MapWeights } from '../protocol/inspection';
import type { ConfigDescription } from '../protocol/modelPage';

/** What a model needs in memory, in bytes, beside what the system can take back at any time. */
export interface MemoryEstimate {
  /** Loaded as usual, weights packed for fast products. */
  bytes: number;
  /** With the weights left in their file: the least that it runs with. */
  mappedBytes: number;
}

/** What of a model decides how much memory it takes. */
export type MemoryShape = Pick<
  ConfigDescription,
  'parameters' | 'nLayer' | 'nEmbd' | 'nInner' | 'nCtx' | 'vocabSize'
>;

/** The engine's process with its runtime, before any model. */
const processBytes = 100 * 2 ** 20;
/** Longer texts are rare, and take more than is estimated. */
const usualTokens = 1024;
/** Rows of the unembedding that are computed at a time, and the tables of this size that it takes. */
const unembeddingRows = 64;
const unembeddingTables = 8;
/** Rows as wide as the neurons and as the stream that one block holds at its peak. */
const neuronRows = 3;
const streamRows = 8;

/**
 * Memory of one pass at full context (at most 1,024 tokens). For GPT-2 124M's shape it gives 772 MiB, or
 * 297 with mapped weights; measured after such passes were 625 to 664, and 154 to 193 (`npm run bench --
 * modelMemory`), and what a pass holds only while it runs comes on top. With n tokens, in bytes:
 *
 *     100 MiB                                        the process
 *   + 4 · parameters                                 weights, as float32 whatever they are stored as
 *   + 4 · (nLayer + 1) · n · nEmbd                   the residual stream that a pass leaves
 *   + 4 · n · (3 · nInner + 8 · nEmbd)               one block's own
 *   + 4 · 8 · 64 · vocabSize                         64 rows of the unembedding
 *
 * Weights that stay in their file (float32 only: 16-bit ones are turned into float32 copies) do not
 * count: the system reads them when they are needed and drops them when memory is short.
 *
 * @param dtype as stored: "F32", "F16", "BF16", or a GGUF's.
 */
export function estimateMemory(shape: MemoryShape, dtype: string | null): MemoryEstimate {
  const { parameters, nLayer, nEmbd, nInner, nCtx, vocabSize } = shape;
  const n = Math.min(nCtx, usualTokens);
  const activations =
    4 * (nLayer + 1) * n * nEmbd +
    4 * n * (neuronRows * nInner + streamRows * nEmbd) +
    4 * unembeddingTables * unembeddingRows * vocabSize;
  const float32 = dtype === null || dtype === 'F32';
  const bytes = processBytes + 4 * parameters + activations;
  return { bytes, mappedBytes: float32 ? processBytes + activations : bytes };
}

export interface MachineMemory {
  /** All that this process may ever have: the machine's, or the container's limit. */
  total: number;
  /** What could be had now without taking it from another program. */
  free: number;
}

/** This machine's memory; the limit of a container counts where it is the smaller one. */
export function machineMemory(): MachineMemory {
  const total = totalmem();
  // Not in every Node that runs this: 20 lacks the second in its early releases.
  const { constrainedMemory, availableMemory } = process as {
    constrainedMemory?: () => number;
    availableMemory?: () => number;
  };
  const limit = constrainedMemory?.() ?? 0;
  const free = Math.min(freemem(), availableMemory?.() ?? Infinity);
  return { total: limit > 0 && limit < total ? limit : total, free };
}

/**
 * - `fits`: in what is free, as usual.
 * - `mapped`: in what is free, with the weights left in their file.
 * - `crowded`: only once other programs give memory back.
 * - `tooLarge`: not on this machine.
 */
export type MemoryVerdict = 'fits' | 'mapped' | 'crowded' | 'tooLarge';

/** A model may take so much of the free memory, so that the editor still has room to breathe. */
const shareOfFree = 0.9;
/** The system and the editor need the rest. */
const shareOfTotal = 0.85;

export function memoryVerdict(
  { bytes, mappedBytes }: MemoryEstimate,
  { total, free }: MachineMemory,
): MemoryVerdict {
  if (bytes <= shareOfFree * free) return 'fits';
  if (mappedBytes < bytes && mappedBytes <= shareOfFree * free) return 'mapped';
  return mappedBytes <= shareOfTotal * total ? 'crowded' : 'tooLarge';
}

/** Beyond this share of the free memory, packed weights would crowd out everything else. */
const shareToMap = 0.5;

/**
 * Whether to leave the weights in their file: slower by about a third, but they cost no memory.
 *
 * @param held what this process holds of a model that will make room once the new one is there.
 */
export function shouldMapWeights(
  choice: MapWeights,
  { bytes, mappedBytes }: MemoryEstimate,
  { free }: MachineMemory,
  held = 0,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (mappedBytes >= bytes) return false;
  return bytes > shareToMap * (free + held) || bytes > shareOfFree * free;
}
