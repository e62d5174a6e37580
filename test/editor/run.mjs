// Runs the suite bundled as dist/test/editor/index.js inside a real VS Code.
//   node test/editor/run.mjs [SUMMARY.json]
// FORWARD_PASS_GREP chooses tests by name, FORWARD_PASS_VSCODE the VS Code (desktop or browser).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { chooseHost } from '../host/choose.mjs';
import { repository, sampleFolder } from '../host/paths.mjs';
import { run } from '../host/processes.mjs';

const host = await chooseHost();
if (host.needsScreen && !process.env.FORWARD_PASS_SCREEN) {
  // VS Code's windows must go somewhere: start over under a virtual screen.
  const env = { ...process.env, FORWARD_PASS_SCREEN: 'virtual' };
  process.exit(await run('xvfb-run', ['-a', process.execPath, ...process.argv.slice(1)], { env }));
}
console.log(`VS Code: the ${host.kind} host, because ${host.because}.`);

const userData = mkdtempSync(join(tmpdir(), 'forward-pass-user-'));
try {
  await runTests({
    vscodeExecutablePath: host.executable,
    extensionDevelopmentPath: repository,
    extensionTestsPath: join(repository, 'dist/test/editor/index.js'),
    launchArgs: [sampleFolder, '--disable-extensions', `--user-data-dir=${userData}`],
    extensionTestsEnv: process.argv[2]
      ? { FORWARD_PASS_SUMMARY: resolve(process.argv[2]) }
      : undefined,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(userData, { recursive: true, force: true });
}
