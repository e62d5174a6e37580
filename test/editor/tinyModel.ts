import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExtensionApi } from '../../src/extension';
import { randomCheckpoint, tinyGpt2 } from '../fixtures/randomCheckpoint';
import { activated, closeEditors, configure } from './extension';

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

/**
 * For the suite that it is called in: the extension with a tiny model, no editors left between its
 * tests, and everything as it was afterwards. What it returns is filled in before the first test.
 */
export function useTinyModel(): { api: ExtensionApi; model: TinyModel } {
  const used = {} as { api: ExtensionApi; model: TinyModel };
  before(async () => {
    used.api = await activated();
    used.model = makeTinyModel();
    await configure('model', used.model.folder);
  });
  after(async () => {
    await configure('model', undefined);
    used.api.engine.restart();
    used.model.remove();
  });
  afterEach(closeEditors);
  return used;
}
