// The tests that need no VS Code: npx vitest --config test/vitest.config.mjs
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['{unit,golden,faults}/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
