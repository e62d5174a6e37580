// npm run bench: speed and memory as ratios within one run. Bundles each *.bench.ts beside it, and runs
// them and each *.bench.mjs one after the other; `npm run bench -- pass` runs those whose name holds
// "pass".
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = import.meta.dirname;
const outdir = join(folder, '../../dist/test/bench');
const wanted = process.argv[2] ?? '';
const names = readdirSync(folder)
  .filter((name) => /\.bench\.(ts|mjs)$/.test(name) && name.includes(wanted))
  .sort();

await build({
  entryPoints: names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)),
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['onnxruntime-node'],
  logLevel: 'warning',
});
let failed = false;
for (const name of names) {
  const script = name.endsWith('.ts')
    ? join(outdir, name.replace(/ts$/, 'js'))
    : join(folder, name);
  console.log(`\n## ${name.replace(/\.bench\.\w+$/, '')}\n`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', script], { stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
