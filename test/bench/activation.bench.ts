import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, table } from './measure';

/**
 * What the extension costs VS Code at start-up: loading its program and activating it, in a fresh
 * Node each time, with a stand-in for the `vscode` module that has all its names and does nothing.
 */
const program = join(__dirname, '../../extension.js');
const declarations = readFileSync(require.resolve('@types/vscode/index.d.ts'), 'utf8');
const named = /^\texport (?:abstract )?(?:class|enum|namespace|const|function) (\w+)/gm;
const vscodeNames = [...declarations.matchAll(named)].map(([, name]) => name);
const script = `
  const Module = require('node:module');
  const anything = new Proxy(function () {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'then' ? undefined : anything),
    apply: () => anything,
    construct: () => anything,
    set: () => true,
  });
  const names = ${JSON.stringify(vscodeNames)};
  const vscode = Object.fromEntries(names.map((name) => [name, anything]));
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
  const start = performance.now();
  const { activate } = require(${JSON.stringify(program)});
  const loaded = performance.now();
  activate({ subscriptions: [], secrets: anything, globalStorageUri: { fsPath: '' }, extension: { packageJSON: {} }, extensionUri: { fsPath: ${JSON.stringify(join(__dirname, '../../..'))} } });
  console.log(JSON.stringify([loaded - start, performance.now() - loaded]));
`;

const runs = Array.from({ length: 15 }, () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as [number, number];
});
const load = median(runs.map(([loading]) => loading));
const activate = median(runs.map(([, activating]) => activating));
table([
  {
    'load ms': load.toFixed(1),
    'activate ms': activate.toFixed(1),
    'together ms': (load + activate).toFixed(1),
    limit: 50,
  },
]);
