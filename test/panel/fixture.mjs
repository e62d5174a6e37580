// What every panel test begins with: a workbench that has the extension.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { repository, sampleFolder } from '../host/paths.mjs';
import { openWorkbench } from '../host/workbench.mjs';

/**
 * Gives the tests of a file a workbench with the extension, on a copy of the sample workspace that
 * they may change. When a test fails, a picture of the workbench is kept.
 * @param {Parameters<typeof openWorkbench>[0]} [options]
 */
export function useWorkbench(options) {
  /** Both are there from the first test on. */
  const opened = {
    folder: '',
    workbench: /** @type {Awaited<ReturnType<typeof openWorkbench>>} */ (/** @type {any} */ (null)),
  };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forward-pass-sample-'));
    opened.folder = folder;
    cpSync(sampleFolder, folder, { recursive: true });
    const vsix = inject('vsix');
    opened.workbench = await openWorkbench({
      folder,
      // FORWARD_PASS_FROM_SOURCE=1 runs the bundles in dist/ instead of packing them first.
      ...(vsix ? { vsix: [vsix] } : { developing: repository }),
      ...options,
    });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await opened.workbench.screenshot(`failed-${task.name.replace(/\W+/g, '-')}`);
  });
  afterAll(async () => {
    await opened.workbench?.close();
    rmSync(opened.folder, { recursive: true, force: true });
  });
  return opened;
}
