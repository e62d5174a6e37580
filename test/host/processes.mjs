// Child processes that never outlive their parent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const GRACE_MS = 4000;

/** @type {Set<() => void>} */
const cleanups = new Set();

process.on('exit', () => cleanups.forEach((cleanup) => cleanup()));

/**
 * Runs `cleanup` (synchronously) when this process ends, also by a signal.
 * @param {() => void} cleanup
 * @returns {() => void} forgets the cleanup again
 */
export function atExit(cleanup) {
  if (cleanups.size === 0) {
    for (const signal of SIGNALS) process.on(signal, exitBySignal);
  }
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    // Without anything to clean up, signals get their usual meaning back.
    if (cleanups.size === 0) {
      for (const signal of SIGNALS) process.off(signal, exitBySignal);
    }
  };
}

/** @param {NodeJS.Signals} signal */
function exitBySignal(signal) {
  process.exit(128 + ({ SIGHUP: 1, SIGINT: 2 }[signal] ?? 15));
}

/** Makes this program end with an error's sentence alone: whoever runs it needs no stack. */
export function failPlainly() {
  process.on('uncaughtException', (error) => {
    console.error(error.message);
    process.exit(1);
  });
}

/**
 * Runs a command to its end, its output shown.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const forget = atExit(() => child.kill('SIGTERM'));
  try {
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } finally {
    forget();
  }
}

/**
 * Runs a command to its end quietly; its output becomes part of the error if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function runQuietly(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = atExit(() => child.kill('SIGTERM'));
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk).slice(-8000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed (${code}):\n${output}`);
  } finally {
    forget();
  }
}

/**
 * Starts a command as the leader of its own process group, so that all it starts can be ended too.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function startGroup(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true });
  const exited = new Promise((resolve) => child.once('close', resolve));
  const signalGroup = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
      return true;
    } catch {
      return false; // nobody is left in the group
    }
  };
  const forget = atExit(() => signalGroup('SIGKILL'));

  /** Ends the whole group: politely first. */
  async function stop() {
    signalGroup('SIGTERM');
    const deadline = Date.now() + GRACE_MS;
    while (signalGroup(/** @type {any} */ (0)) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    signalGroup('SIGKILL');
    forget();
  }

  return { child, exited, stop };
}
