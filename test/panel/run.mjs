// Drives the packaged extension in the real workbench, in a browser.
//   node test/panel/run.mjs [further arguments of vitest]
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { repository } from '../host/paths.mjs';
import { run } from '../host/processes.mjs';

const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);
const config = join(import.meta.dirname, 'vitest.config.mjs');
process.exitCode = await run(
  process.execPath,
  [vitest, 'run', '--config', config, ...process.argv.slice(2)],
  { cwd: repository },
);
