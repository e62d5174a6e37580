import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * The floors of the house, from the ground up: a room may import from the rooms below it only.
 * The four rooms on top of `models` meet each other through `protocol` alone.
 */
const floors = [
  ['protocol'],
  ['weights', 'tokenizer'],
  ['onnx'],
  ['gpt'],
  ['inspection'],
  ['models'],
  ['engine', 'editor', 'panel', 'webview'],
  ['commandLine'],
];
const rooms = floors.flat();
const zones = floors.flatMap((floor, level) =>
  floor.map((room) => ({
    target: `./src/${room}`,
    from: rooms
      .filter((other) => {
        const otherLevel = floors.findIndex((names) => names.includes(other));
        return otherLevel > level || (otherLevel === level && other !== room);
      })
      .map((other) => `./src/${other}`)
      .concat('./src/extension.ts', './src/cli.ts'),
    message: `${room} may import only from the rooms below it.`,
  })),
);

/** Packages that only one room may know. */
const onlyIn = (files, name, message) => ({
  files: ['src/**/*.ts'],
  ignores: files,
  rules: { 'no-restricted-imports': ['error', { paths: [{ name, message }] }] },
});

export default tseslint.config(
  { ignores: ['dist/', '.vscode-test/', 'node_modules/', 'media/', 'training/'] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({
    ...config,
    files: ['src/**/*.ts', 'test/**/*.ts'],
  })),
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      eqeqeq: 'error',
    },
  },
  onlyIn(
    ['src/onnx/runtime.ts'],
    'onnxruntime-node',
    'Only src/onnx/runtime.ts knows onnxruntime.',
  ),
  {
    files: ['**/*.mjs', 'test/host/*'],
    languageOptions: { globals: globals.node },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', eqeqeq: 'error' },
  },
);
