// npm run fidelity: measures how far we are from transformers, and writes docs/fidelity.md and
// src/models/fidelity.json.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '../../..');
const outfile = join(repository, 'dist/test/fidelity.js');
await build({
  entryPoints: [join(import.meta.dirname, 'write.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['onnxruntime-node'],
  define: { 'import.meta.dirname': JSON.stringify(join(repository, 'test/golden')) },
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [outfile, repository], { stdio: 'inherit' });
process.exitCode = status ?? 1;
