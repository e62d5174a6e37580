// A VS Code server on a free loopback port, with user data of its own, that is stopped with all it
// started.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installHost, serverNode } from './install.mjs';
import { serverFolder } from './paths.mjs';
import { atExit, runQuietly, startGroup } from './processes.mjs';

const START_LIMIT_MS = 60_000;

/** The server would otherwise ask a marketplace about every extension. */
const NO_GALLERY = JSON.stringify({ serviceUrl: '' });

/** A workbench without greetings, so that a test or a picture sees only what it is about. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'window.menuBarVisibility': 'compact',
};

/**
 * @typedef {object} ServerOptions
 * @property {Record<string, unknown>} [settings] user settings, on top of the quiet ones
 * @property {string[]} [vsix] packaged extensions to install first
 * @property {string} [userData] folder for settings and state; without it, a fresh one
 * @property {string} [extensions] folder of installed extensions; without it, a fresh one
 * @property {Record<string, string | undefined>} [env] further environment of the extension host
 */

/**
 * Starts a server and waits until it answers.
 * @param {ServerOptions} [options]
 */
export async function startServer(options = {}) {
  await installHost();
  const scratch = mkdtempSync(join(tmpdir(), 'forward-pass-'));
  const forgetScratch = atExit(() => removeFolder(scratch));
  const userData = options.userData ?? join(scratch, 'user-data');
  const extensions = options.extensions ?? join(scratch, 'extensions');
  const writeJson = (/** @type {string} */ file, /** @type {object} */ value) => {
    mkdirSync(dirname(join(userData, file)), { recursive: true });
    writeFileSync(join(userData, file), JSON.stringify(value, null, 2));
  };
  writeJson('User/settings.json', { ...QUIET, ...options.settings });
  mkdirSync(extensions, { recursive: true });

  /** @type {Record<string, unknown>} */
  let changes = {};
  /**
   * Changes settings of the machine, which a running workbench takes up by itself (while it reads
   * the user's only once). They win over the user's.
   * @param {Record<string, unknown>} more
   */
  function changeSettings(more) {
    changes = { ...changes, ...more };
    writeJson('Machine/settings.json', changes);
  }
  changeSettings({});

  const folders = [
    ...['--extensions-dir', extensions],
    ...['--server-data-dir', join(scratch, 'server')],
    ...['--user-data-dir', userData],
    '--accept-server-license-terms',
  ];
  const main = join(serverFolder, 'out/server-main.js');
  for (const file of options.vsix ?? []) {
    await runQuietly(serverNode, [main, '--install-extension', file, ...folders]);
  }

  const port = await freePort();
  const { child, exited, stop } = startGroup(
    serverNode,
    [
      main,
      ...['--host', '127.0.0.1', '--port', String(port)],
      ...folders,
      '--without-connection-token',
      '--disable-telemetry',
      '--disable-workspace-trust',
      '--enable-smoke-test-driver', // without it, the workbench takes neither sources nor test suites
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY, ...options.env },
    },
  );
  let log = '';
  const keep = (/** @type {Buffer} */ chunk) => (log = (log + chunk).slice(-20_000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  const origin = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([
      untilItAnswers(origin),
      exited.then(() => Promise.reject(new Error(`The server ended early:\n${log}`))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    origin,
    userData,
    changeSettings,
    /** What the server printed lately. */
    log: () => log,

    /**
     * The address of a workbench.
     * @param {object} [what]
     * @param {string} [what.folder] workspace folder to open
     * @param {string} [what.file] file to open in it
     * @param {string} [what.developing] folder of an extension to run from its sources
     * @param {string} [what.tests] script with a test suite to run in the extension host
     */
    address({ folder, file, developing, tests } = {}) {
      const remote = (/** @type {string} */ path) => `vscode-remote://127.0.0.1:${port}${path}`;
      const payload = [];
      if (developing) payload.push(['extensionDevelopmentPath', remote(developing)]);
      if (tests) payload.push(['extensionTestsPath', remote(tests)]);
      if (file) payload.push(['openFile', remote(file)]);
      // Without a folder: an empty window, not the folder from last time.
      const query = new URLSearchParams(folder ? { folder } : { ew: 'true' });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      // Slashes may stand in a query, and make the address readable.
      return `${origin}/?${query.toString().replaceAll('%2F', '/')}`;
    },

    async stop() {
      await stop();
      removeFolder(scratch);
      forgetScratch();
    },
  };
}

/** @param {string} folder */
function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {string} origin */
async function untilItAnswers(origin) {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    try {
      if ((await fetch(`${origin}/version`)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The server did not answer within ${START_LIMIT_MS / 1000} s.`);
}
