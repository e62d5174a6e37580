import { setImmediate as turn } from 'node:timers/promises';
import type { Progress } from '../protocol/engine';

/** What every long computation takes: it stops by `signal` and tells how far it has come. */
export interface PassOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * A pause between two stages. A stage blocks the thread, so this is where messages come in: it
 * waits until those that have arrived are handled, then stops if one of them was a cancellation.
 *
 * @throws the signal's reason.
 */
export async function betweenStages(
  { signal, onProgress }: PassOptions,
  stage: Progress['stage'],
  message: string,
  fraction: number | null,
): Promise<void> {
  onProgress?.({ stage, message, fraction });
  // A message is read in one turn of the event loop and handled by JSON-RPC in the next.
  if (signal) for (let i = 0; i < 3; i++) await turn();
  signal?.throwIfAborted();
}
