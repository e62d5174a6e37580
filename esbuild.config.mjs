// Bundles the four programs of the extension and the suite that runs inside VS Code:
//   dist/extension.js   the extension host's side     dist/cli.js       the command line
//   dist/engine.js      the engine process            dist/webview.js   the panel (browser code)
//   dist/test/editor/index.js
// and beside the engine the large vocabularies, which it reads only when a model has them:
//   dist/ranks/*.mjs
// `--watch` rebuilds on change; `--production` minifies and leaves the suite out.
import { existsSync } from 'node:fs';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const shared = {
  bundle: true,
  sourcemap: !production,
  minify: production,
  legalComments: 'none',
  logLevel: 'info',
};

/** Vocabularies that are no part of the programs: megabytes that hardly any model needs. */
const largeRanks = ['p50k_base', 'cl100k_base', 'o200k_base'];
const ranksApart = {
  name: 'ranks apart',
  setup(build) {
    const wanted = new RegExp(`^gpt-tokenizer/bpeRanks/(${largeRanks.join('|')})$`);
    build.onResolve({ filter: wanted }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path: `./ranks/${path.match(wanted)[1]}.mjs`, external: true }
        : undefined,
    );
  },
};

const node = {
  ...shared,
  plugins: [ranksApart],
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode', 'onnxruntime-node', 'mocha'],
};

const browser = {
  ...shared,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  loader: { '.css': 'text', '.ttf': 'file' },
  tsconfig: 'src/webview/tsconfig.json',
};

const entries = [
  { ...node, entryPoints: { extension: 'src/extension.ts' } },
  { ...node, entryPoints: { engine: 'src/engine/main.ts', cli: 'src/cli.ts' } },
  { ...browser, entryPoints: { webview: 'src/webview/main.ts' } },
  {
    ...shared,
    sourcemap: false,
    platform: 'neutral',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    entryPoints: Object.fromEntries(
      largeRanks.map((name) => [`ranks/${name}`, `gpt-tokenizer/bpeRanks/${name}`]),
    ),
  },
  ...(production
    ? []
    : [{ ...node, entryPoints: { 'test/editor/index': 'test/editor/index.ts' } }]),
].filter(({ entryPoints }) =>
  Object.values(entryPoints).every((file) => file.startsWith('gpt-tokenizer/') || existsSync(file)),
);

for (const options of entries) {
  const build = await context({ ...options, outdir: 'dist' });
  if (watch) {
    await build.watch();
  } else {
    await build.rebuild();
    await build.dispose();
  }
}
