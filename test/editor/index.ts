// The suite that VS Code runs in its extension host: every *.test.ts of this folder.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Where the sources lie, seen from the bundle in dist/test/editor. */
const sources = join(__dirname, '../../../test/editor');

/** What VS Code calls; a rejection means that the suite failed. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    slow: 1000,
    color: process.stdout.isTTY,
    ...(process.env.FORWARD_PASS_GREP ? { grep: process.env.FORWARD_PASS_GREP } : {}),
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha); // gives the tests describe() and it()
  for (const file of readdirSync(sources).sort()) {
    const name = /^(.+)\.test\.ts$/.exec(file)?.[1];
    if (name) await import(`./${name}.test.ts`);
  }

  const { passes, failures, pending } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats as Mocha.Stats));
  });
  const summaryFile = process.env.FORWARD_PASS_SUMMARY;
  if (summaryFile) {
    writeFileSync(
      summaryFile,
      JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
    );
  }
  if (failures > 0) throw new Error(`${failures} of ${passes + failures} tests failed.`);
}
