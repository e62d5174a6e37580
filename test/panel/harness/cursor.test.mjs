/* global window */
// The section "At the cursor": what the host tells of the prediction there, as it goes on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

const next = [
  [' the', 0.314],
  [' a', 0.081],
  ['\n', 0.004],
].map(([text, probability], id) => {
  return { id, text, probability, logprob: Math.log(probability), logit: -id };
});
const shown = {
  model: { name: 'GPT-2 (stand-in)', folder: '/models/gpt2' },
  next,
  entropy: 3 * Math.LN2,
  tokens: 412,
  computed: 1,
  from: 0,
  source: 'notes.md:12',
  before: 'One line\nThe quick brown fox jumps over ',
  readFrom: 'line 4',
};
const live = { shown, waiting: false, note: null, failed: false };

async function open(options, cursor) {
  const page = await panel.open(options);
  await page.evaluate((state) => window.harness.cursor(state), cursor);
  await page.waitForTimeout(100);
  return page;
}

describe('the section "At the cursor"', () => {
  it('is there while the prediction is on, also before anything was inspected', async () => {
    const page = await open({ fixture: 'empty' }, live);
    const region = page.getByRole('region', { name: 'At the cursor' });
    await region.waitFor();
    const section = page.locator('fp-cursor-section');
    const text = await section.locator('.text bdi').innerText();
    expect(text).toBe('One line⏎The quick brown fox jumps over·');
    const summary = await section.locator('.summary').innerText();
    expect(summary).toContain('entropy 3.00 bits; 412 tokens read, from line 4 on');
    expect(await section.locator('li:not(.head) .token').allInnerTexts()).toEqual([
      '·the',
      '·a',
      '⏎',
    ]);
    expect(await page.getByText('Select some text in an editor').count()).toBe(1);
    await page.evaluate(() => window.harness.cursor(null));
    await page.waitForTimeout(100);
    expect(await region.count()).toBe(0);
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });

  it('says when what it shows is of before', async () => {
    const page = await open({}, { ...live, waiting: true });
    const busy = page.locator('fp-cursor-section [aria-busy="true"]');
    expect(await busy.innerText()).toContain('Before the last change; reading…');
    await page.evaluate((state) => window.harness.cursor(state), live);
    await busy.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it.each([
    ['Nothing stands before the cursor.', false],
    ['The engine stopped unexpectedly. Try again.', true],
  ])('says why there is no prediction: %s', async (note, failed) => {
    const page = await open({ fixture: 'empty' }, { shown: null, waiting: false, note, failed });
    const status = page.locator('fp-cursor-section').getByRole('status');
    expect(await status.innerText()).toBe(note);
    expect(await status.evaluate((element) => element.classList.contains('failed'))).toBe(failed);
    expect(await page.getByRole('button', { name: 'At the cursor as a table' }).count()).toBe(0);
    await page.context().close();
  });

  it('can be read as a table, folded by keyboard, and exported without an inspection', async () => {
    const page = await open({ fixture: 'empty' }, live);
    await page.getByRole('button', { name: 'At the cursor as a table' }).click();
    const rows = page.locator('fp-cursor-section fp-data-table tr');
    await expect.poll(() => rows.count()).toBe(4);
    expect(await rows.nth(1).innerText()).toMatch(/^1\s+·the\s+0\s+0\.314/);
    await page.evaluate(() => window.harness.exportAs('json'));
    await page.getByRole('button', { name: 'Export At the cursor' }).click();
    await page.waitForFunction(() => window.exported !== undefined);
    const { name, content } = await page.evaluate(() => window.exported);
    expect(name).toBe('at-the-cursor');
    expect(JSON.parse(content).provenance.source).toBe('notes.md:12');
    expect(content).toMatch(/"entropy":\s*2\.07/);
    expect(await asked(page, 'chooseExport')).toMatchObject([{ of: 'cursor' }]);

    const fold = page.getByRole('button', { name: /^At the cursor/, expanded: true });
    await fold.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^At the cursor/, expanded: false }).waitFor();
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });
});
