/* global document */
// The main job in the real workbench: select, inspect, read what the panel, the editor, the status
// bar and the hover show.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../host/paths.mjs';
import { useWorkbench } from './fixture.mjs';

const opened = useWorkbench({ width: 1400, height: 1000 });
const text = "The Moon is the Earth's only natural";

const inspected = JSON.parse(
  execFileSync(process.execPath, [join(repository, 'dist/cli.js'), 'inspect', '--text', text], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  }),
);

/** @type {import('playwright-core').Frame} */
let panel;

test('a selection is inspected and its tokens are shown', async () => {
  const { workbench } = opened;
  await workbench.openFile('sample.md');
  await workbench.selectText(text);
  await workbench.run('Forward Pass: Inspect Selection');
  panel = await workbench.webview('fp-token-flow .item');
  const shown = await panel.locator('fp-token-flow .item').allInnerTexts();
  const expected = inspected.tokens.map((token) => token.text.replace(' ', '·'));
  expect(shown.map((token) => token.trim())).toEqual(expected);
  await workbench.resizeSideBar(440);
  await workbench.screenshot('inspect');
});

test('the bars are the full-vocabulary probabilities after the last token', async () => {
  const row = 'fp-distribution-bars li:not(.head, .cut)';
  await expect.poll(() => panel.locator(row).count()).toBeGreaterThanOrEqual(10);
  const amounts = await panel.locator(`${row} .amount`).allInnerTexts();
  for (const [i, { probability }] of inspected.next.entries()) {
    expect(parseFloat(amounts[i]) / 100).toBeCloseTo(probability, 3);
  }
});

test('the heat map is drawn, and differently for another head', async () => {
  const canvas = panel.locator('fp-heat-map canvas');
  await canvas.scrollIntoViewIfNeeded();
  const colours = () =>
    canvas.evaluate((element) => {
      const { width, height } = element;
      const copy = document.createElement('canvas');
      Object.assign(copy, { width, height });
      const context = copy.getContext('2d');
      context.drawImage(element, 0, 0);
      const data = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
      return { colours: new Set(data).size, sum: data.reduce((a, b) => (a + b) % 2 ** 32, 0) };
    });
  await expect.poll(async () => (await colours()).colours).toBeGreaterThan(10);
  const before = await colours();
  await panel.getByLabel('Next head').click();
  await expect.poll(async () => (await colours()).sum).not.toBe(before.sum);
  await opened.workbench.screenshot('attention');
});

test('a token that is chosen is shown in the editor', async () => {
  const { workbench } = opened;
  const moon = panel.locator('fp-token-flow .item', { hasText: 'Moon' }).first();
  await moon.scrollIntoViewIfNeeded();
  await moon.click();
  expect(await panel.locator('fp-token-flow [aria-selected="true"]').innerText()).toContain('Moon');
  // The next-token section now speaks of the position after it.
  await panel.locator('fp-next-token-section').getByText('after ·Moon').waitFor();
  await workbench.screenshot('token');
});

test('the status bar sums up', async () => {
  const { page } = opened.workbench;
  const perplexity = Math.round(inspected.totals.perplexity).toLocaleString('en-US');
  const item = page.locator('.statusbar-item', { hasText: 'ppl' });
  expect(await item.innerText()).toContain(`${inspected.tokens.length} tok · ppl ${perplexity}`);
});

test('the hover over the selection shows the same distribution', async () => {
  const { workbench } = opened;
  await workbench.selectText(text);
  const hover = await workbench.hover('natural');
  await expect.poll(() => hover.innerText()).toContain('After the selection');
  const likeliest = (inspected.next[0].probability * 100).toPrecision(3);
  expect(await hover.innerText()).toContain(String(Number(likeliest)));
  await workbench.screenshot('hover');
});
