// Packs the extension once, so that the tests drive what a person would install.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost } from '../host/install.mjs';
import { packageExtension } from '../host/package.mjs';

/** @param {import('vitest/node').TestProject} project */
export default async function setup(project) {
  await installHost();
  if (process.env.FORWARD_PASS_FROM_SOURCE) {
    project.provide('vsix', '');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-vsix-'));
  project.provide('vsix', await packageExtension({ out: join(folder, 'forward-pass.vsix') }));
  return () => rmSync(folder, { recursive: true, force: true });
}
