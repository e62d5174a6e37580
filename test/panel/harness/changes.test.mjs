/* global window */
// Two versions of a document: figures, hunks, tokens, and what goes wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

async function onPage(options, check) {
  const page = await panel.open({ changes: 'changes', ...options });
  try {
    await check(page, page.locator('fp-changes-section'));
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

describe('the changes of a document', () => {
  it('are shown before anything was inspected, each with its bits', async () => {
    await onPage({ fixture: 'empty' }, async (page, section) => {
      await section.getByText('4 changes').waitFor();
      expect(await section.locator('dd').count()).toBe(3);
      const rows = section.locator('fp-signed-bars li');
      expect(await rows.count()).toBe(4);
      expect(await rows.nth(0).innerText()).toMatch(/^3\s+[+−]\d+\.\d\s+The moon pulls/);
      expect(await rows.nth(1).innerText()).toMatch(/after \d/);
      await page.locator('fp-welcome').waitFor();
    });
  });

  it('add up: what hunks and knock-on say is the difference', async () => {
    await onPage({}, async (page, section) => {
      await section.getByRole('button', { name: 'Changes as a table' }).click();
      const cells = await section
        .getByRole('row')
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
        );
      const number = (text) => Number(text.replace('−', '-').replace(',', ''));
      const sum = (column) => cells.slice(1).reduce((all, row) => all + number(row[column]), 0);
      const [difference, knockOn] = [cells[0].indexOf('difference'), cells[0].indexOf('knock-on')];
      await section.getByRole('button', { name: 'Changes as a table' }).click();
      const [before, after] = (await section.locator('dd').first().innerText()).split(' → ').map(Number); // prettier-ignore
      expect(Math.abs(sum(difference) + sum(knockOn) - (after - before))).toBeLessThan(0.2);
    });
  });

  it('a hunk is chosen from the keyboard, shown in the editor, and token by token', async () => {
    await onPage({ width: 600 }, async (page, section) => {
      await section.getByRole('button', { name: '3', exact: true }).focus();
      await page.keyboard.press('Enter');
      const strips = section.locator('fp-token-flow');
      await strips.first().waitFor();
      expect(await asked(page, 'revealChange')).toEqual([{ version: 1, hunk: 0 }]);
      expect(await strips.nth(0).locator('.none').allInnerTexts()).toContain('·twice');
      expect(await strips.nth(1).locator('.none').allInnerTexts()).toContain('·evening');
      // A token of the text now is shown in the editor; one that is gone has no place there.
      await strips.nth(1).getByText('·evening').click();
      await strips.nth(0).getByText('·twice').click();
      await page.waitForTimeout(100);
      const places = await asked(page, 'revealChange');
      expect(places).toHaveLength(2);
      expect(places[1]).toHaveProperty('token');
      await section.getByRole('button', { name: 'Hide' }).click();
      expect(await strips.count()).toBe(0);
    });
  });

  it('one that was put in whole has nothing to compare, and says so by its hatching alone', async () => {
    await onPage({ changes: 'changesAll' }, async (page, section) => {
      await section.getByRole('button', { name: '1–10' }).click();
      await section.locator('fp-token-flow').waitFor();
      expect(await section.locator('fp-scale-legend').count()).toBe(0);
      expect(await section.locator('fp-comparison-view .only').innerText()).toBe(
        'not in the other text',
      );
    });
  });

  it('the chosen one stays chosen, and on show, while an edit is read', async () => {
    await onPage({}, async (page, section) => {
      await section.getByRole('button', { name: '7', exact: true }).click();
      await section.locator('fp-token-flow').first().waitFor();
      await page.evaluate(() => window.harness.changes({ status: 'edited' }));
      expect(await section.locator('.sides.pending').count()).toBe(1);
      expect(await section.locator('fp-token-flow').count()).toBe(2);
      await page.evaluate(() => window.harness.changes({ version: 2 }));
      await expect
        .poll(() => asked(page, 'changedTokens'))
        .toEqual([
          { version: 1, hunk: 2 },
          { version: 2, hunk: 2 },
        ]);
      const chosen = section.locator('fp-signed-bars [aria-pressed="true"]');
      expect(await chosen.innerText()).toBe('7');
    });
  });

  it('that cannot be listed are asked for again', async () => {
    await onPage({}, async (page, section) => {
      await page.evaluate(() => window.harness.fail('changedHunks', 'The window is gone.'));
      await page.evaluate(() => window.harness.changes({ version: 2 }));
      await section.getByText('The window is gone.').waitFor();
      await page.evaluate(() => window.harness.fail(null));
      await section.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
      await section.getByRole('alert').waitFor({ state: 'detached' });
      expect(await asked(page, 'changedHunks')).toHaveLength(3);
    });
  });

  it('many are listed a few at a time, in order or the largest first', async () => {
    await onPage({ changes: 'changesMany' }, async (page, section) => {
      const rows = section.locator('fp-signed-bars li');
      await rows.first().waitFor();
      expect(await rows.count()).toBe(12);
      await section.getByRole('button', { name: /Show more of 40/ }).click();
      expect(await rows.count()).toBe(36);
      await section.getByRole('radio', { name: 'Largest first' }).click();
      const amounts = await section.locator('fp-signed-bars .amount').allInnerTexts();
      const sizes = amounts.map((text) => Math.abs(Number(text.replace('−', '-'))));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    });
  });

  it('that are none are said so', async () => {
    await onPage({ changes: 'changesNone' }, async (page, section) => {
      expect(await section.getByRole('status').innerText()).toBe(
        'The text is the same as in HEAD.',
      );
      expect(await section.locator('fp-signed-bars').count()).toBe(0);
    });
  });

  it('say how far both texts are read, and can be cancelled', async () => {
    await onPage({}, async (page, section) => {
      await page.evaluate(() =>
        window.harness.changes({ status: 'reading', fraction: 0.4, figures: null, version: 0 }),
      );
      await section.getByText('Reading both versions: 40%').waitFor();
      await section.getByRole('button', { name: 'Cancel' }).click();
      await page.evaluate(() =>
        window.harness.changes({ status: 'stopped', fraction: 0.4, figures: null, version: 0 }),
      );
      await section.getByRole('button', { name: 'Go on' }).click();
      await page.waitForTimeout(100);
      expect(await asked(page, 'changesAction')).toEqual([{ action: 'stop' }, { action: 'goOn' }]);
    });
  });

  it('say what went wrong, and end', async () => {
    await onPage({}, async (page, section) => {
      await page.evaluate(() =>
        window.harness.changes({ status: 'failed', error: 'The engine stopped unexpectedly.' }),
      );
      const alert = section.getByRole('alert');
      await alert.waitFor();
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.evaluate(() => window.harness.fail('revealChange', 'It is not there any more.'));
      await section.getByRole('button', { name: '3', exact: true }).click();
      await section.getByText('It is not there any more.').waitFor();
      await page.evaluate(() => window.harness.changes(null));
      await section.locator('fp-section').waitFor({ state: 'detached' });
    });
  });

  it('are exported whole, with the tokens', async () => {
    await onPage({ fixture: 'empty' }, async (page, section) => {
      await section.getByText('4 changes').waitFor();
      await page.evaluate(() => window.harness.exportAs('json'));
      await section.getByRole('button', { name: 'Export Changes' }).click();
      await page.waitForFunction(() => window.exported);
      const { content, name } = await page.evaluate(() => window.exported);
      expect(name).toBe('changes');
      expect(content).toContain('"stretches"');
      expect((await asked(page, 'chooseExport'))[0].of).toBe('changes');
    });
  });
});
