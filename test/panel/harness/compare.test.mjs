/* global window */
// The comparison: two texts, one text under two models, and what goes wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

async function onPage(options, check) {
  const page = await panel.open(options);
  try {
    await check(page, page.locator('fp-compare-section'));
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

const text = 'The quick brown cat jumps over the lazy dog, and the lazy dog does not even look up.';

describe('the comparison', () => {
  it('asks for nothing before somebody compares', async () => {
    await onPage({}, async (page, section) => {
      await section.getByRole('button', { name: 'Compare', exact: true }).click();
      await section.getByRole('textbox', { name: 'Second text' }).waitFor();
      const asked = await page.evaluate(() => window.asked.map(({ method }) => method));
      expect(asked).not.toContain('inspect');
      const value = await section.getByRole('textbox').inputValue();
      expect(value).toContain('The quick brown fox'); // the inspected text, to be edited
    });
  });

  it('aligns two texts and lists where they differ most', async () => {
    await onPage({ width: 600 }, async (page, section) => {
      await page.evaluate((second) => window.harness.compare(second), text);
      const strips = section.locator('fp-token-flow');
      await strips.first().waitFor();
      expect(await strips.count()).toBe(2);
      // What only one of them has is hatched; what both have is coloured.
      expect(await strips.nth(0).locator('.none').allInnerTexts()).toEqual(['The', '·fox']);
      expect(await strips.nth(1).locator('.none').allInnerTexts()).toEqual(['The', '·cat']);
      const rows = section.locator('ol button');
      expect(await rows.count()).toBeGreaterThan(0);
      await rows.first().focus();
      await page.keyboard.press('Enter');
      const chosen = await page.evaluate(
        () => window.asked.filter(({ method }) => method === 'select').at(-1).params.position,
      );
      expect(await rows.first().innerText()).toContain(`(${chosen})`);
      await section.getByRole('button', { name: 'Compare as a table' }).click();
      const columns = await section.getByRole('columnheader').allInnerTexts();
      expect(columns.map((name) => name.trim())).toEqual(
        ['in', 'token', 'A (bits)', 'B (bits)', 'difference', 'A expected', 'B expected'], // prettier-ignore
      );
    });
  });

  it('hands the second text on, to be patched from', async () => {
    await onPage({ width: 600 }, async (page, section) => {
      await page.evaluate((second) => window.harness.compare(second), text);
      await section.locator('fp-comparison-view').waitFor();
      const patching = page.locator('fp-patching-section');
      await patching.getByRole('button', { name: 'Patching', exact: true }).click();
      await patching.getByRole('button', { name: 'Take the compared text' }).click();
      expect(await patching.locator('textarea').inputValue()).toBe(text);
    });
  });

  it('begins from the keyboard', async () => {
    await onPage({}, async (page, section) => {
      await section.getByRole('button', { name: 'Compare', exact: true }).click();
      const field = section.getByRole('textbox', { name: 'Second text' });
      await field.fill(text);
      await field.press('Control+Enter');
      await section.locator('fp-comparison-view').waitFor();
    });
  });

  it('runs the same text under another model', async () => {
    await onPage({}, async (page, section) => {
      await page.evaluate(() => window.harness.chooseFolder('/models/other'));
      await section.getByRole('button', { name: 'Compare', exact: true }).click();
      await section.getByRole('radio', { name: 'Another model' }).click();
      await section.locator('vscode-button').click();
      await section.locator('fp-comparison-view').waitFor();
      expect(await section.locator('fp-token-flow').count()).toBe(1);
      const asked = await page.evaluate(
        () => window.asked.find(({ method }) => method === 'inspect').params.model.folder,
      );
      expect(asked).toBe('/models/other');
    });
  });

  it('says what went wrong, and tries again', async () => {
    await onPage({}, async (page, section) => {
      await page.evaluate((second) => {
        window.harness.fail('inspect', 'The engine stopped unexpectedly.');
        window.harness.compare(second);
      }, text);
      await section.getByRole('alert').waitFor();
      expect(await section.getByRole('alert').innerText()).toContain('The engine stopped');
      await page.evaluate(() => window.harness.fail(null));
      await section.getByRole('button', { name: 'Try again' }).click();
      await section.locator('fp-comparison-view').waitFor();
    });
  });
});
