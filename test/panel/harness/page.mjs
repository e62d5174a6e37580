/* global document, window */
// Opens the built panel (dist/webview.js) in Chromium on a page that plays VS Code.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchChromium } from '../../host/chromium.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const address = 'http://panel.test/';

const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'nonce-panel'; style-src 'nonce-panel'">
<style nonce="panel">
  html { background: var(--vscode-sideBar-background); }
  html.tab { background: var(--vscode-editor-background); }
  body { margin: 0; padding: 0 20px; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
</style>
</head>
<body>
<script nonce="panel" src="harness.js"></script>
<script nonce="panel" type="module" src="webview.js"></script>
</body>
</html>`;

/** The extension's own client of the engine, with the bundled model (dist/engine.js is built). */
async function startEngine() {
  const bundled = await build({
    entryPoints: [`${root}src/engine/client.ts`],
    bundle: true,
    outfile: `${root}dist/test/engineClient.cjs`,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    write: true,
  });
  if (bundled.errors.length > 0) throw new Error('The engine client cannot be built.');
  const { EngineClient } = createRequire(import.meta.url)(`${root}dist/test/engineClient.cjs`);
  const engine = new EngineClient({ entry: `${root}dist/engine.js`, log: () => {} });
  const model = { folder: `${root}media/model`, threads: 0 };
  return {
    ask: (method, params) => engine.request(method, { model, ...params }),
    stop: () => engine.dispose(),
  };
}

/**
 * Starts the browser; `open` gives a page with the panel on a fixture, and collects everything that
 * goes wrong on it in `page.complaints`.
 */
export async function launchPanel() {
  const bundled = await build({
    entryPoints: [`${root}test/panel/harness/harness.js`],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  const files = {
    '/': ['text/html', html],
    '/harness.js': ['text/javascript', bundled.outputFiles[0].text],
    '/webview.js': ['text/javascript', await readFile(`${root}dist/webview.js`, 'utf8')],
  };
  const browser = await launchChromium();
  let engine;

  async function open({
    fixture = 'sentence',
    theme = 'dark',
    width = 420,
    height = 900,
    ratio = 1,
    delay = 10,
    /** A text for the bundled model, in place of a fixture: everything comes from a real engine. */
    live = null,
    /** Another model's folder for it. */
    model: folder = null,
    /** A document whose statistics are shown (report.js). */
    report = null,
    /** The name of a comparison of two versions of a document. */
    changes = null,
  } = {}) {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: ratio,
    });
    const page = await context.newPage();
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
    });
    await page.route(`${address}**`, (route) => {
      const [contentType, body] = files[new URL(route.request().url()).pathname] ?? [];
      return body === undefined
        ? route.fulfill({ status: 404 })
        : route.fulfill({
            contentType,
            body,
            headers: { 'content-type': `${contentType}; charset=utf-8` },
          });
    });
    const query = new URLSearchParams({ fixture, theme, delay: String(delay) });
    if (report !== null) query.set('report', report);
    if (changes !== null) query.set('changes', changes);
    if (live !== null) {
      engine ??= await startEngine();
      const ask = engine.ask;
      let model = folder;
      await page.exposeFunction('askEngine', (method, params) =>
        ask(method, model === null ? params : { model: { folder: model, threads: 0 }, ...params }),
      );
      /** The same text again, under another model. */
      page.useModel = async (other) => {
        model = other;
        await page.evaluate(() => window.harness.again());
      };
      query.set('live', live);
    }
    await page.goto(`${address}?${query}`);
    if (width > 820) await page.evaluate(() => document.documentElement.classList.add('tab'));
    await page.waitForSelector('fp-panel');
    await page.waitForTimeout(delay * 4 + 150);
    return page;
  }

  async function close() {
    engine?.stop();
    await browser.close();
  }

  return { open, close };
}

/**
 * The parameters of each request of a kind that a page has made so far.
 * @param {import('playwright-core').Page} page
 * @param {string} method
 */
export const asked = (page, method) =>
  page.evaluate(
    (name) => window.asked.filter((request) => request.method === name).map(({ params }) => params),
    method,
  );
