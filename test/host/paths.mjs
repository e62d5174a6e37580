// Where the repository keeps what the test host needs.
import { join, resolve } from 'node:path';

/** The repository's top folder. */
export const repository = resolve(import.meta.dirname, '../..');

/** Where downloaded editors live; ignored by git. */
export const editorsFolder = join(repository, '.vscode-test');

/** The browser host: a VS Code server and the Node.js that runs it. */
export const hostFolder = join(editorsFolder, 'host');

/** The VS Code server inside the browser host. */
export const serverFolder = join(hostFolder, 'node_modules/code-server/lib/vscode');

/** The folder that screenshots of tests go to; ignored by git. */
export const screenshotsFolder = join(repository, 'test/screenshots/out');

/** A small workspace to try the extension on. */
export const sampleFolder = join(repository, 'test/fixtures/sample');
