/* global document, MutationObserver */
// Reading with the model in the real workbench: the hover on a highlighted token, its links, and the
// way from one surprising token to the next.
import { expect, test } from 'vitest';
import { useWorkbench } from './fixture.mjs';

const opened = useWorkbench({ width: 1400, height: 900 });
const hover = () => opened.workbench.page.locator('.monaco-hover:not(.hidden)').first();
const line = () => opened.workbench.editor('sample.md').locator('.view-line').first();
const firstLine = async () => (await line().innerText()).replaceAll('\u00a0', ' ');

test('the hover says what a token was expected to be', async () => {
  const { workbench } = opened;
  await workbench.openFile('sample.md');
  await workbench.goTo({ line: 1, column: 1 });
  await workbench.run('Forward Pass: Toggle Highlights');
  await workbench.page.locator('.statusbar-item[aria-label="Highlighted by surprisal"]').waitFor();
  await workbench.hover('natural');
  await hover().getByText('Expected here').waitFor();
  expect(await hover().innerText()).toMatch(
    /This token ·natural [\d.]+% · rank [\d,]+ · [\d.]+ bits/,
  );
  expect(await hover().locator('td a').count()).toBeGreaterThan(0);
  await workbench.screenshot('token-hover');
});

test('a link of the hover replaces the token, closes the hover, and one undo restores it', async () => {
  const { page } = opened.workbench;
  const before = await firstLine();
  const link = hover().locator('td a').first();
  const by = (await link.innerText()).replace('·', ' ');
  await link.click();
  await expect.poll(firstLine).toContain(`only${by} satellite`);
  await hover().waitFor({ state: 'hidden' });
  await opened.workbench.focusEditor();
  await page.keyboard.press('Control+Z');
  await expect.poll(firstLine).toBe(before);
});

test('a key goes to the next surprising token, which is said aloud and has its hover', async () => {
  const { workbench } = opened;
  const { page } = workbench;
  const alerts = '.statusbar-item-label[role="alert"]';
  /** Each element that a screen reader is told to say at once. */
  await page.evaluate((selector) => {
    const said = /** @type {any} */ (globalThis.said = []);
    new MutationObserver(() => {
      const label = document.querySelector(selector)?.getAttribute('aria-label');
      if (label && said.at(-1) !== label) said.push(label);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  }, alerts);
  const said = () => page.evaluate(() => /** @type {any} */ (globalThis).said.at(-1));
  // How many there are is said once all of the text is read again.
  const next = async () => {
    await workbench.goTo({ line: 1, column: 1 });
    await page.keyboard.press('Control+Alt+.');
    await page.locator('.statusbar-item', { hasText: '(5 selected)' }).waitFor();
    return said();
  };
  await expect
    .poll(next, { timeout: 30_000 })
    .toMatch(/^token “·Moon”, [\d.]+ bits, rank [\d,]+, 1 of \d+$/);
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+I');
  await hover().getByText('This token').waitFor();
  expect(await hover().innerText()).toContain('·Moon');
  expect(await hover().innerText()).not.toContain('After the selection');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+,');
  await expect.poll(said).toMatch(/, (\d+) of \1$/);
  await page.keyboard.press('Control+Alt+.');
  await expect.poll(said).toMatch(/, 1 of \d+$/);
});
