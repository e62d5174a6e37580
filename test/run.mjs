// Builds, then runs every suite (or those that are named) and adds up what passed and failed.
//   npm test [-- unit editor panel]
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './host/paths.mjs';
import { run } from './host/processes.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */

const vitest = [join(repository, 'node_modules/vitest/vitest.mjs'), 'run'];
const reporters = (/** @type {string} */ file) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
];

/** Each suite's command, which writes its results to a file, and how to read that file. */
const SUITES = {
  unit: {
    command: (/** @type {string} */ file) => [
      ...vitest,
      '--config=test/vitest.config.mjs',
      ...reporters(file),
    ],
    read: readVitest,
  },
  editor: {
    command: (/** @type {string} */ file) => ['test/editor/run.mjs', file],
    read: (/** @type {Counts} */ { passed, failed }) => ({ passed, failed }),
  },
  panel: {
    command: (/** @type {string} */ file) => ['test/panel/run.mjs', ...reporters(file)],
    read: readVitest,
  },
};

/** A file of tests that could not even be loaded counts as one failed test. */
function readVitest(/** @type {any} */ { numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(
    (/** @type {any} */ { status, assertionResults }) =>
      status === 'failed' &&
      !assertionResults.some((/** @type {any} */ result) => result.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/**
 * @param {keyof typeof SUITES} name
 * @param {string} folder
 * @returns {Promise<Counts>}
 */
async function runSuite(name, folder) {
  console.log(`\n── ${name} ──`);
  const { command, read } = SUITES[name];
  const file = join(folder, `${name}.json`);
  const started = Date.now();
  const code = await run(process.execPath, command(file), { cwd: repository });

  let counts = { passed: 0, failed: 0 };
  if (existsSync(file)) counts = read(JSON.parse(readFileSync(file, 'utf8')));
  // A suite that crashed, or found nothing to run, has not passed.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`);
  return counts;
}

const all = /** @type {(keyof typeof SUITES)[]} */ (Object.keys(SUITES));
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(2);
}

const total = { passed: 0, failed: 0 };
if ((await run(process.execPath, ['esbuild.config.mjs'], { cwd: repository })) === 0) {
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-results-'));
  for (const name of all.filter((suite) => chosen.length === 0 || chosen.includes(suite))) {
    const counts = await runSuite(name, folder);
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  rmSync(folder, { recursive: true, force: true });
} else {
  total.failed = 1;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
