// Bundles the four programs of the extension and the suite that runs inside VS Code:
//   dist/extension.js   the extension host's side     dist/cli.js       the command line
//   dist/engine.js      the engine process            dist/webview.js   the panel (browser code)
//   dist/test/editor/index.js
// and, each loaded only when it is needed, beside the engine the large vocabularies and beside the
// extension the library of models and the connection to the engine:
//   dist/ranks/*.mjs                                   dist/chooseModel.js, dist/jsonrpc.js
// `--watch` rebuilds on change; `--production` minifies and leaves the suite out.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

/**
 * VS Code's module as it is. For each file that imports it esbuild would copy all its two hundred
 * names, which took half of the time that the extension needs to load.
 */
const vscodeItself = {
  name: 'vscode itself',
  setup(build) {
    const statement = /^import \* as vscode from 'vscode';$/m;
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return statement.test(contents)
        ? {
            contents: contents.replace(statement, "const vscode = require('vscode');"),
            loader: 'ts',
          }
        : undefined;
    });
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

/** Programs of the extension host that are loaded when they are needed, by what imports them. */
const loadedLater = {
  chooseModel: { imported: /\/chooseModel$/, source: 'src/editor/models/chooseModel.ts' },
  jsonrpc: { imported: /^vscode-jsonrpc\/node$/, source: 'vscode-jsonrpc/node' },
};

/**
 * The library of models and the connection to the engine are half of the extension, and none of them
 * is needed at start-up. All share the class of errors by which a sentence for people is known.
 */
const extensionHost = {
  ...node,
  plugins: [
    vscodeItself,
    {
      name: 'loaded later',
      setup(build) {
        build.onResolve({ filter: /\/protocol\/userError$/ }, ({ kind }) =>
          kind === 'entry-point' ? undefined : { path: './userError.js', external: true },
        );
        for (const [name, { imported }] of Object.entries(loadedLater)) {
          build.onResolve({ filter: imported }, ({ kind }) =>
            kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined,
          );
        }
      },
    },
  ],
  // So that they come by `require`, which is how VS Code hands its own module out.
  supported: { 'dynamic-import': false },
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
  {
    ...extensionHost,
    entryPoints: {
      extension: 'src/extension.ts',
      userError: 'src/protocol/userError.ts',
      ...Object.fromEntries(
        Object.entries(loadedLater).map(([name, { source }]) => [name, source]),
      ),
    },
  },
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
  Object.values(entryPoints).every((file) => !file.startsWith('src/') || existsSync(file)),
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
