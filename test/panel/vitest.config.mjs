import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.mjs'],
    globalSetup: join(import.meta.dirname, 'globalSetup.mjs'),
    // Each file starts a server and a browser; more than one at a time only slows them all.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
