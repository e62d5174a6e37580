/* global document, window */
// Files that the panel writes, and the page that shows it without VS Code.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedPage } from '../../../src/panel/recordedPage.ts';
import { launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

async function exported(page, section, format) {
  await page.evaluate((chosen) => window.harness.exportAs(chosen), format);
  await page.getByRole('button', { name: section, exact: true }).click();
  await page.waitForFunction(() => window.exported !== undefined);
  return page.evaluate(() => window.exported);
}

describe('an export', () => {
  it('is the table of the section as CSV', async () => {
    const page = await panel.open({});
    const { name, content } = await exported(page, 'Export Tokens', 'csv');
    expect(name).toBe('inspection');
    const lines = content.split('\r\n');
    expect(lines[0]).toBe('# Forward Pass 0.0.0');
    const table = lines.filter((line) => !line.startsWith('#'));
    expect(table[0]).toBe('token,text,id,probability,rank,surprisal (bits),entropy (bits)');
    expect(table[2]).toMatch(/^1,·quick,2068,0\.\d+,1,/);
    await page.context().close();
  });

  it('is a picture of the drawing, with where it is from inside', async () => {
    const page = await panel.open({ width: 500 });
    await page.locator('fp-head-grid canvas').first().waitFor();
    await page.waitForTimeout(400);
    for (const section of ['Export Attention heads', 'Export Attention']) {
      await page.evaluate(() => delete window.exported);
      const { content } = await exported(page, section, 'png');
      const bytes = Buffer.from(Object.values(content));
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
      expect(bytes.includes(`sha256 ${'ab'.repeat(32)}`)).toBe(true);
      const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
      expect(Math.min(width, height)).toBeGreaterThan(200);
    }
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });

  it('is a page that shows the same without VS Code, and says what it does not hold', async () => {
    const page = await panel.open({ width: 1200 });
    await page.locator('fp-heat-map canvas').waitFor();
    await page.waitForTimeout(300);
    const { content } = await exported(page, 'Export the whole inspection', 'page');
    const tokens = await page.locator('fp-token-flow .item').allInnerTexts();
    const script = await readFile(
      fileURLToPath(new URL('../../../dist/webview.js', import.meta.url)),
      'utf8',
    );
    const context = await page.context().browser().newContext({ offline: true });
    const alone = await context.newPage();
    const complaints = [];
    alone.on('pageerror', (error) => complaints.push(String(error)));
    alone.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await alone.setContent(recordedPage(script, content));
    await alone.locator('fp-token-flow .item').first().waitFor();
    expect(await alone.locator('fp-token-flow .item').allInnerTexts()).toEqual(tokens);
    expect(await alone.title()).toBe('notes.md:12 · Forward Pass');
    // The bars come from the recorded logits; another position has the inspection's summary.
    const bars = 'fp-distribution-bars li:not(.head)';
    expect(await alone.locator(bars).allInnerTexts()).toEqual(
      await page.locator(bars).allInnerTexts(),
    );
    await alone.locator('fp-token-flow .item').nth(2).click();
    await alone.getByText('This page holds what was on show').first().waitFor();
    // A short text's page holds every head.
    await alone.getByLabel('Next head').click();
    await alone.getByText('L0H1').first().waitFor();
    const failures = alone.locator('fp-attention-section .failed');
    expect(await failures.count()).toBe(0);
    expect(await alone.evaluate(() => document.body.className)).toContain('vscode-dark');
    expect(complaints).toEqual([]);
    await context.close();
    await page.context().close();
  });
});
