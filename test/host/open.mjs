// npm start: builds and opens VS Code with the extension on the sample, a prediction in the panel.
// In the desktop VS Code where there is one to open, else in the browser host.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository, sampleFolder } from './paths.mjs';
import { atExit, failPlainly, run } from './processes.mjs';

const demo = join(sampleFolder, 'sample.md');

failPlainly();
await installPackages();
if ((await run(process.execPath, ['esbuild.config.mjs'], { cwd: repository })) !== 0) {
  process.exit(1);
}
// Only now: what these import is installed above.
const { hasScreen } = await import('./choose.mjs');
if (process.env.FORWARD_PASS_VSCODE !== 'browser' && hasScreen() && hasDesktop()) {
  process.exitCode = await openDesktop();
} else {
  await openInBrowser();
}

/** Runs `npm ci` unless node_modules holds what the lock file says. */
async function installPackages() {
  const lock = packagesIn('package-lock.json');
  const held = packagesIn('node_modules/.package-lock.json');
  const isCurrent = Object.entries(lock).every(
    ([path, { version, optional }]) => path === '' || optional || held[path]?.version === version,
  );
  if (isCurrent) return;
  const options = { cwd: repository, shell: process.platform === 'win32' };
  if ((await run('npm', ['ci', '--no-audit', '--no-fund'], options)) !== 0) process.exit(1);
}

/** @returns {Record<string, { version: string, optional?: boolean }>} */
function packagesIn(/** @type {string} */ lockFile) {
  const file = join(repository, lockFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

function hasDesktop() {
  return spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
}

function openDesktop() {
  console.log('Opening the desktop VS Code.');
  // The demo must reach an extension host of its own, not one that runs already.
  const args = ['--new-window', `--extensionDevelopmentPath=${repository}`, sampleFolder];
  return run('code', args, {
    env: { ...process.env, FORWARD_PASS_DEMO: demo },
    shell: process.platform === 'win32',
  });
}

async function openInBrowser() {
  const { startServer } = await import('./server.mjs');
  const { launchChromium } = await import('./chromium.mjs');
  const extensions = mkdtempSync(join(tmpdir(), 'forward-pass-extensions-'));
  atExit(() => rmSync(extensions, { recursive: true, force: true }));
  symlinkSync(repository, join(extensions, 'forward-pass'));

  const server = await startServer({ extensions, env: { FORWARD_PASS_DEMO: demo } });
  const address = server.address({ folder: sampleFolder });
  console.log(`\nForward Pass runs in VS Code at\n\n  ${address}\n\nCtrl+C ends it.`);
  if (hasScreen()) {
    const browser = await launchChromium({ headless: false });
    const page = await browser.newPage({ viewport: null });
    await page.goto(address);
    await new Promise((closed) => browser.once('disconnected', closed));
    process.exit();
  }
}
