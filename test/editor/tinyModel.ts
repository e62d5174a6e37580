import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';

export interface TinyModel {
  folder: string;
  remove(): void;
}

/**
 * A GPT-2 with few, random weights and GPT-2's own vocabulary: for tests of what surrounds a model,
 * which must neither wait for a real one nor depend on what it says.
 */
export function makeTinyModel({ nEmbd = 16, nLayer = 2, nCtx = 64 } = {}): TinyModel {
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-tiny-'));
  const config = { ...tinyGpt2, n_embd: nEmbd, n_layer: nLayer, n_positions: nCtx };
  randomCheckpoint(folder, config);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
