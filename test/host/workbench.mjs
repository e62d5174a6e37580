// A workbench in a browser page, driven as a person would: by keys, pointer and palette.
/* global document, window, NodeFilter -- in the functions that run in the page */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { launchChromium } from './chromium.mjs';
import { screenshotsFolder } from './paths.mjs';
import { startServer } from './server.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Frame} Frame */
/** @typedef {{ line: number, column: number }} Position both counted from 1 */

/** The colour themes by short names: VS Code's name for each, and the class the workbench then has. */
export const THEMES = {
  light: { name: 'Light Modern', className: 'vs' },
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  'high-contrast': { name: 'Default High Contrast', className: 'hc-black' },
  'high-contrast-light': { name: 'Default High Contrast Light', className: 'hc-light' },
};

/**
 * Starts a server and a browser and opens a workbench in it.
 * @param {import('./server.mjs').ServerOptions & {
 *   folder?: string, file?: string, developing?: string, theme?: keyof typeof THEMES,
 *   width?: number, height?: number, scale?: number }} [options]
 */
export async function openWorkbench(options = {}) {
  const { folder, file, developing, theme = 'dark', width = 1280, height = 800 } = options;
  const server = await startServer(options);
  /** @type {import('playwright-core').Browser | undefined} */
  let browser;
  const close = async () => {
    await browser?.close();
    await server.stop();
  };
  try {
    browser = await launchChromium();
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: options.scale ?? 1,
    });
    const workbench = new Workbench(page, server);
    await workbench.open({ folder, file, developing });
    await workbench.setTheme(theme);
    return Object.assign(workbench, { close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** A page on the workbench of a running server. */
export class Workbench {
  /**
   * @param {Page} page
   * @param {Awaited<ReturnType<typeof startServer>>} server
   */
  constructor(page, server) {
    this.page = page;
    this.server = server;
  }

  /**
   * Opens the workbench and waits until a person could use it.
   * @param {Parameters<Workbench['server']['address']>[0]} [what]
   */
  async open(what) {
    const { page } = this;
    await page.goto(this.server.address(what));
    await page.waitForFunction(() => 'driver' in window, undefined, { timeout: 60_000 });
    await page.evaluate(() => /** @type {any} */ (window).driver.whenWorkbenchRestored());
    if (what?.file) await this.editor(basename(what.file)).waitFor();
  }

  /**
   * Runs a command by the title that the palette shows.
   * @param {string} title
   */
  async run(title) {
    const { page } = this;
    const widget = page.locator('.quick-input-widget');
    const input = widget.locator('input.input');
    // A workbench that is still busy may close the palette, or not know an extension's command yet.
    await until(`the palette to offer “${title}”`, async () => {
      if (!(await input.isVisible())) await page.keyboard.press('F1');
      const row = widget
        .locator('.monaco-list-row')
        .filter({ has: page.locator('.label-name', { hasText: exactly(title) }) })
        .first();
      try {
        await input.fill(`>${title}`, { timeout: 1000 });
        await row.click({ timeout: 1000 });
        return true;
      } catch {
        return false;
      }
    });
  }

  /**
   * Closes the side bar, if it is open. The palette offers the command only while it is, so that a
   * click that worked and was not noticed could not be repeated.
   */
  async closeSideBar() {
    const bar = this.page.locator('.part.sidebar');
    await until('the side bar to close', async () => {
      if (!(await bar.isVisible())) return true;
      await this.page.keyboard.press('Control+B');
      return bar.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /**
   * Opens a file of the workspace by its name.
   * @param {string} name
   */
  async openFile(name) {
    const { page } = this;
    await page.keyboard.press('Control+P');
    const widget = page.locator('.quick-input-widget');
    await widget.locator('input.input').fill(name);
    await widget
      .locator('.monaco-list-row')
      .filter({ has: page.locator('.label-name', { hasText: exactly(basename(name)) }) })
      .first()
      .click();
    await this.editor(basename(name)).waitFor();
  }

  /**
   * The text editor that shows the named file.
   * @param {string} name
   */
  editor(name) {
    return this.page.locator(`.editor-instance[aria-label*="${name}"] .monaco-editor`).first();
  }

  /** Puts the keyboard into the active text editor. */
  async focusEditor() {
    await this.run('View: Focus Active Editor Group');
  }

  /**
   * Selects from one position to another in the active editor.
   * @param {Position} from
   * @param {Position} to
   */
  async select(from, to) {
    await this.goTo(from);
    await this.run('Set Selection Anchor');
    await this.goTo(to);
    await this.run('Select from Anchor to Cursor');
    await this.page.locator('.statusbar-item:has-text("selected")').waitFor();
  }

  /**
   * Selects the first place in the active editor where a text (of one line) stands.
   * @param {string} text
   */
  async selectText(text) {
    const { page } = this;
    await this.goTo({ line: 1, column: 1 });
    await page.keyboard.press('Control+F');
    const widget = page.locator('.find-widget.visible');
    await widget.locator('.find-part textarea').fill(text);
    await widget.locator('.matchesCount', { hasText: /\d+ of \d+/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.statusbar-item', { hasText: `(${text.length} selected)` }).waitFor();
  }

  /** @param {Position} position */
  async goTo({ line, column }) {
    const { page } = this;
    const place = `${line}:${column}`;
    await this.focusEditor();
    await page.keyboard.press('Control+G');
    const widget = page.locator('.quick-input-widget');
    await widget.locator('input.input').fill(`:${place}`);
    await page.keyboard.press('Enter');
    await widget.waitFor({ state: 'hidden' });
    await page
      .locator('.statusbar-item', { hasText: new RegExp(`Ln ${line}, Col ${column}\\b`) })
      .waitFor();
  }

  /**
   * Rests the pointer on a text in the active editor and waits for the hover that then appears.
   * @param {string} text
   * @returns the hover's locator
   */
  async hover(text) {
    const { page } = this;
    const box = await until(`“${text}” to be in sight`, () => page.evaluate(placeOfText, text));
    const hover = page.locator('.monaco-hover:not(.hidden) .hover-row, .monaco-hover:not(.hidden)');
    // The editor asks for a hover only after the pointer has come from elsewhere.
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 60);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
    await hover.first().waitFor();
    return hover.first();
  }

  /**
   * Opens a view container by the title of its icon in the activity bar.
   * @param {string} title
   */
  async openView(title) {
    const tab = this.activity(title);
    await tab.waitFor();
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
    await this.page.locator('.part.sidebar .composite.title', { hasText: title }).waitFor();
    await this.page.mouse.move(0, 0); // so that no tooltip stays in the picture
  }

  /**
   * The icon of a view container in the activity bar.
   * @param {string} title
   */
  activity(title) {
    const name = new RegExp(`^${title}`);
    return this.page.locator('.part.activitybar').getByRole('tab', { name });
  }

  /**
   * The document inside a webview: the one that has an element for `selector`.
   * @param {string} [selector]
   * @param {number} [timeout]
   * @returns {Promise<Frame>}
   */
  async webview(selector = 'body > :visible', timeout = 30_000) {
    return until(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          // VS Code puts the extension's document into a frame inside a frame of its own.
          if (!frame.parentFrame()?.url().includes('extensionId=')) continue;
          try {
            if (await frame.locator(selector).first().isVisible()) return frame;
          } catch {
            // the frame went away while it was asked
          }
        }
        return undefined;
      },
      timeout,
    );
  }

  /**
   * Changes the colour theme and waits until the workbench wears it.
   * @param {keyof typeof THEMES} theme
   */
  async setTheme(theme) {
    this.server.changeSettings({ 'workbench.colorTheme': THEMES[theme].name });
    await this.wears(theme);
  }

  /**
   * Waits until the workbench is painted in a colour theme.
   * @param {keyof typeof THEMES} theme
   */
  async wears(theme) {
    await this.page.locator(`.monaco-workbench.${THEMES[theme].className}`).waitFor();
  }

  /**
   * Drags the side bar's edge until it has (about) this width.
   * @param {number} width in CSS pixels
   */
  async resizeSideBar(width) {
    const { page } = this;
    const sideBar = page.locator('.part.sidebar');
    const box = /** @type {NonNullable<Awaited<ReturnType<typeof sideBar.boundingBox>>>} */ (
      await sideBar.boundingBox()
    );
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width, y);
    await page.mouse.down();
    await page.mouse.move(box.x + width, y, { steps: 4 });
    await page.mouse.up();
    await until(`the side bar to be ${width} wide`, async () => {
      const now = await sideBar.boundingBox();
      return now && Math.abs(now.width - width) <= 3;
    });
  }

  /** Sends away the notifications that lie over the workbench. */
  async clearNotifications() {
    await this.run('Notifications: Clear All Notifications');
  }

  /**
   * Takes a picture of the page, or of one part of it.
   * @param {string} name a path, or a bare name for `test/screenshots/out/NAME.png`
   * @param {import('playwright-core').Locator} [part]
   * @returns {Promise<string>} the picture's path
   */
  async screenshot(name, part) {
    mkdirSync(screenshotsFolder, { recursive: true });
    const path = /[/.]/.test(name) ? name : join(screenshotsFolder, `${name}.png`);
    await (part ?? this.page).screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }
}

/** Runs in the page: where a text stands in the visible part of an editor. */
function placeOfText(/** @type {string} */ text) {
  for (const line of document.querySelectorAll('.editor-instance .view-line')) {
    // Editors write spaces as no-break spaces, and cut a line into spans.
    const start = line.textContent?.replaceAll('\u00a0', ' ').indexOf(text) ?? -1;
    if (start < 0) continue;
    const range = document.createRange();
    const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let offset = 0;
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      const length = node.nodeValue?.length ?? 0;
      const within = (/** @type {number} */ at) => at >= offset && at <= offset + length;
      if (within(start)) range.setStart(node, start - offset);
      if (within(start + text.length)) {
        range.setEnd(node, start + text.length - offset);
        break;
      }
      offset += length;
    }
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x, y, width, height };
  }
  return undefined;
}

/**
 * Waits until a condition gives something.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} condition
 * @param {number} [timeout]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, condition, timeout = 30_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const result = await condition();
    if (result) return /** @type {NonNullable<T>} */ (result);
    if (Date.now() > deadline) throw new Error(`Waited ${timeout / 1000} s for ${what}, in vain.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param {string} text */
function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
