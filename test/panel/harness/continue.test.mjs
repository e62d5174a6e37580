/* global window */
// The tree of continuations, grown by the bundled model.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

const live = 'Once upon a time there was a little';

async function onPage(options, check) {
  const page = await panel.open({ live, height: 1400, ...options });
  try {
    await check(page, page.locator('fp-continue-section'));
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

const unfold = (section) => section.locator('.fold').click();
const rows = (section) => section.getByRole('treeitem');
const candidates = (section) => section.locator('fp-distribution-bars li[data-id]');
const button = (section, text) => section.locator('vscode-button', { hasText: text });

/** Waits longer than for a panel alone: a model answers. */
const settled = (value) => expect.poll(value, { timeout: 20_000 });

/** Presses a button and waits until what it began is over. */
async function press(section, text) {
  await button(section, text).click();
  await button(section, 'Take top').waitFor();
}

const setTokens = async (section, count) => {
  const field = section.getByLabel('Tokens');
  await field.fill(String(count));
  await field.press('Tab');
};

describe('the tree of continuations', () => {
  it('asks for nothing while it is folded', async () => {
    await onPage({}, async (page) => {
      expect(await asked(page, 'nextTokens')).toEqual([]);
    });
  });

  it('is grown and walked through by keyboard', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await candidates(section).first().waitFor();
      await candidates(section).nth(1).getByRole('button').focus();
      await page.keyboard.press('Enter');
      await settled(() => rows(section).count()).toBe(2);
      expect(await rows(section).nth(1).getAttribute('aria-selected')).toBe('true');
      expect(await rows(section).nth(1).getAttribute('aria-label')).toMatch(/^\w+, .*%, path −\d/);

      await setTokens(section, 3);
      await press(section, 'Take top');
      await settled(() => rows(section).count()).toBe(5);
      expect(await rows(section).last().getAttribute('aria-level')).toBe('5');

      await rows(section).last().focus();
      const focused = () => section.locator('[role=treeitem]:focus').getAttribute('aria-level');
      await page.keyboard.press('ArrowUp');
      expect(await focused()).toBe('4');
      await page.keyboard.press('Home');
      expect(await focused()).toBe('1');
      await page.keyboard.press('ArrowRight');
      expect(await focused()).toBe('2');
      await page.keyboard.press('ArrowLeft'); // folds
      await settled(() => rows(section).count()).toBe(2);
      expect(await rows(section).nth(1).getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.press('ArrowRight');
      await settled(() => rows(section).count()).toBe(5);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await settled(() => rows(section).nth(2).getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('Delete');
      await settled(() => rows(section).count()).toBe(2);
      await settled(focused).toBe('2');
    });
  });

  it('draws other samples from other seeds, and the same from the same', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 4);
      await press(section, 'Sample');
      await settled(() => rows(section).count()).toBe(5);
      expect(await section.getByLabel('Seed').inputValue()).toBe('2');
      const labels = () =>
        rows(section).evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));
      const first = await labels();
      await rows(section).first().click();
      await press(section, 'Sample');
      const both = await labels();
      expect(both.length).toBeGreaterThan(5);
      expect(first.every((label) => both.includes(label) || label.startsWith('The'))).toBe(true);
      const again = section.getByLabel('Seed');
      await again.fill('1');
      await again.press('Tab');
      await rows(section).first().click();
      const before = (await labels()).length;
      await press(section, 'Sample');
      expect((await labels()).length).toBe(before);
      const seeds = (await asked(page, 'continue')).map(({ seed, drawn }) => [seed, drawn]);
      expect(seeds.slice(0, 4)).toEqual([0, 1, 2, 3].map((drawn) => [1, drawn]));
      expect(seeds.slice(8)).toEqual(seeds.slice(0, 4));
    });
  });

  it('keeps all sequences of a beam search, and is read as a table', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 3);
      const beams = section.getByLabel('Beams');
      await beams.fill('3');
      await beams.press('Tab');
      await press(section, 'Beam search');
      const leaves = () =>
        rows(section).evaluateAll(
          (all) => all.filter((row) => row.getAttribute('aria-level') === '4').length,
        );
      await settled(leaves).toBe(3);
      const all = await rows(section).count();
      await section.getByRole('button', { name: 'Continue as a table' }).click();
      const table = section.locator('fp-data-table tbody tr');
      expect(await table.filter({ hasText: 'kept' }).count()).toBe(all - 1);
      await settled(() => table.filter({ hasText: 'candidate' }).count()).toBe(10);
    });
  });

  it('stops when it is told to, and keeps what is there', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 500);
      await button(section, 'Take top').click();
      await settled(() => rows(section).count()).toBeGreaterThan(3);
      await button(section, 'Stop').click();
      await button(section, 'Take top').waitFor();
      const count = await rows(section).count();
      expect(count).toBeLessThan(400);
      await page.waitForTimeout(300);
      expect(await rows(section).count()).toBe(count);
    });
  });

  it('copies a branch and puts it into the document, or says why not', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 2);
      await press(section, 'Take top');
      const paper = section.getByRole('group', { name: 'Text of the branch' });
      const text = (await paper.locator('bdi').innerText()).slice(live.length);
      await section.getByRole('button', { name: 'Copy' }).click();
      await section.getByText('Copied.').waitFor();
      expect(await asked(page, 'copyText')).toEqual([{ text }]);
      await section.getByRole('button', { name: 'Insert' }).click();
      await section.getByText('Inserted.').waitFor();
      const [inserted] = await asked(page, 'insertText');
      expect(inserted).toMatchObject({ serial: 1, text });
      await page.evaluate(() => window.harness.fail('insertText', 'notes.md is read-only.'));
      await section.getByRole('button', { name: 'Insert' }).click();
      expect(await section.getByRole('alert').innerText()).toBe('notes.md is read-only.');
    });
  });

  it('keeps what is there when the engine fails', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 2);
      await press(section, 'Take top');
      await page.evaluate(() => window.harness.fail('continue', 'The engine stopped.'));
      await press(section, 'Sample');
      expect(await section.getByRole('alert').innerText()).toBe('The engine stopped.');
      expect(await rows(section).count()).toBe(3);
      await page.evaluate(() => window.harness.fail(null));
      await press(section, 'Take top');
      await settled(() => rows(section).count()).toBe(5);
      expect(await section.getByRole('alert').count()).toBe(0);
    });
  });

  it('goes on with a candidate of the section "Next token"', async () => {
    await onPage({}, async (page, section) => {
      const next = page.locator('fp-next-token-section');
      const name = await next.locator('li[data-id] .token').nth(2).innerText();
      await next.locator('li[data-id]').nth(2).hover();
      await next.locator('li[data-id]').nth(2).getByRole('button').click();
      await settled(() => rows(section).count()).toBe(2);
      expect(await rows(section).nth(1).innerText()).toContain(name);
    });
  });

  it('is kept for when the panel is loaded again', async () => {
    await onPage({}, async (page, section) => {
      await unfold(section);
      await setTokens(section, 3);
      await press(section, 'Take top');
      const saved = await page.evaluate(() => window.harness.saved());
      expect(saved.continuations.trees).toHaveLength(1);
      expect(saved.folded).not.toContain('continue');
    });
  });
});
