// Which VS Code the tests run in: the desktop's where it can be had, else the browser host.
import { existsSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { installHost } from './install.mjs';
import { editorsFolder } from './paths.mjs';

const VERSION_LIST = 'https://update.code.visualstudio.com/api/releases/stable';
const ANSWER_LIMIT_MS = 4000;

/**
 * @typedef {object} Host
 * @property {'desktop' | 'browser'} kind
 * @property {string} executable takes VS Code's arguments
 * @property {boolean} [needsScreen] must be started under a virtual screen
 * @property {string} because
 */

/**
 * Chooses a host and makes it ready. FORWARD_PASS_VSCODE=desktop or =browser decides beforehand.
 * @returns {Promise<Host>}
 */
export async function chooseHost() {
  const wish = process.env.FORWARD_PASS_VSCODE;
  if (wish !== undefined && wish !== 'desktop' && wish !== 'browser') {
    throw new Error(`FORWARD_PASS_VSCODE is “${wish}”; it can be desktop or browser.`);
  }
  if (wish) return wish === 'desktop' ? desktop('as asked') : browser('as asked');

  if (!hasScreen() && !hasVirtualScreen()) return browser('there is no display and no xvfb-run');
  const held = existsSync(editorsFolder)
    ? readdirSync(editorsFolder).find((name) => /^vscode-.*\d$/.test(name))
    : undefined;
  if (held) return desktop(`${held} is already here`);
  if (await answers(VERSION_LIST)) return desktop('it can be downloaded');
  return browser('the desktop build cannot be downloaded here');
}

/** @returns {Promise<Host>} */
async function desktop(/** @type {string} */ because) {
  const executable = await downloadAndUnzipVSCode({ cachePath: editorsFolder });
  return { kind: 'desktop', executable, needsScreen: !hasScreen(), because };
}

/** @returns {Promise<Host>} */
async function browser(/** @type {string} */ because) {
  await installHost();
  return { kind: 'browser', executable: join(import.meta.dirname, 'code-browser'), because };
}

/** @returns {boolean} whether windows can be shown to somebody */
export function hasScreen() {
  return (
    process.platform !== 'linux' ||
    Boolean(process.env.DISPLAY) ||
    Boolean(process.env.WAYLAND_DISPLAY)
  );
}

function hasVirtualScreen() {
  return spawnSync('xvfb-run', ['--help'], { stdio: 'ignore' }).status === 0;
}

async function answers(/** @type {string} */ url) {
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    return (await fetch(url, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}
