// Packs the extension for one platform: its bundles, its model, and that platform's onnxruntime.
//   npm run package -- [--target linux-x64] [--out FILE.vsix]
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { repository } from './paths.mjs';
import { failPlainly, runQuietly } from './processes.mjs';

const BINARIES = 'node_modules/onnxruntime-node/bin/napi-v6';

/** This machine's platform, in the words of VS Code. */
export const thisTarget = `${process.platform}-${process.arch}`;

/**
 * Builds for production and writes a .vsix.
 * @param {{ target?: string, out?: string }} [options]
 * @returns {Promise<string>} the file's path
 */
export async function packageExtension({ target = thisTarget, out } = {}) {
  const binaries = [BINARIES, ...target.split('-')].join('/');
  if (!existsSync(join(repository, binaries))) {
    throw new Error(`There is no onnxruntime for ${target}; nothing was packed.`);
  }
  const { name, version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const file = resolve(out ?? join(repository, `${name}-${target}-${version}.vsix`));
  await runQuietly(process.execPath, ['esbuild.config.mjs', '--production'], { cwd: repository });

  const scratch = mkdtempSync(join(tmpdir(), 'forward-pass-package-'));
  const ignoreFile = join(scratch, 'vscodeignore');
  const shipped = readdirSync(join(repository, binaries))
    .filter((binary) => !/\.\d+\.\d+\.\d+\.dylib$/.test(binary)) // once a link to the other .dylib
    .map((binary) => `!${binaries}/${binary}`);
  const always = readFileSync(join(repository, '.vscodeignore'), 'utf8');
  writeFileSync(ignoreFile, [always, ...shipped].join('\n'));
  try {
    await createVSIX({ cwd: repository, target, packagePath: file, ignoreFile });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}

if (process.argv[1] === import.meta.filename) {
  failPlainly();
  const { values } = parseArgs({
    options: { target: { type: 'string' }, out: { type: 'string' } },
  });
  const file = await packageExtension(values);
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  console.log(`${relative(process.cwd(), file)}: ${megabytes} MB`);
}
