import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 10;

/**
 * Does all steps, with turns of the event loop between slices of some milliseconds.
 *
 * @param steps yields after each step how far it is, from 0 to 1
 * @param signal stops the work at the end of a slice
 * @param onProgress told after each slice how far it is
 * @throws the signal's reason, once it is aborted
 */
export async function inSlices(
  steps: Iterable<number>,
  signal?: AbortSignal,
  onProgress?: (fraction: number) => void,
): Promise<void> {
  signal?.throwIfAborted();
  let sliceStart = performance.now();
  for (const done of steps) {
    if (performance.now() - sliceStart < SLICE_MS) continue;
    onProgress?.(done);
    await nextTurn();
    signal?.throwIfAborted();
    sliceStart = performance.now();
  }
}
