/* global window */
// The logit lens and the attribution of a logit, answered by a real engine.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

const live = 'The old man went to the sea, and the old man went home. The old';
const streams = 1 + 2 * 6; // of the bundled model

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

/** Runs `check` on a fresh page; nothing may have been complained of on it, policy included. */
async function onPage(options, check) {
  const page = await panel.open({ live, ...options });
  try {
    await page.locator('fp-lens-ladder .row').first().waitFor();
    await check(page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

const fail = (page, method, message) =>
  page.evaluate(([name, text]) => window.harness.fail(name, text), [method, message]);
const rows = (page) => page.locator('fp-lens-ladder .row');
const unfold = (page) => page.locator('fp-attribution-section .fold').click();
const field = (page, name) => page.getByRole('combobox', { name, exact: true });

async function exported(page, section, format) {
  await page.evaluate((chosen) => window.harness.exportAs(chosen), format);
  await page.getByRole('button', { name: `Export ${section}` }).click();
  await page.waitForFunction(() => window.exported !== undefined);
  return page.evaluate(() => window.exported);
}

describe('the logit lens of a token', () => {
  it('goes from the token itself to what is likeliest next', async () => {
    await onPage({}, async (page) => {
      expect(await rows(page).count()).toBe(streams);
      expect(await rows(page).first().innerText()).toMatch(/^embedding\s+·old/);
      const next = await page.locator('fp-distribution-bars .text').first().innerText();
      expect(await rows(page).last().innerText()).toContain(next);
      // The answer leads from the badge on, and everywhere below it.
      const leads = await rows(page).evaluateAll((all) =>
        all.map(({ className, innerText }) => ({
          leads: className.includes('leads'),
          decided: innerText.includes('decided'),
        })),
      );
      const at = leads.findIndex(({ decided }) => decided);
      expect(leads.filter(({ decided }) => decided)).toHaveLength(1);
      expect(leads.slice(at).every((row) => row.leads)).toBe(true);
      expect(at === 0 || !leads[at - 1].leads).toBe(true);
      const summary = await page.locator('fp-lens-section .summary').innerText();
      const name = (await rows(page).nth(at).locator('.name').innerText()).replace(
        /\s.*decided/,
        '',
      );
      expect(summary).toContain(`leads for good from ${name.split('\n')[0]}`);
      const chart = page.locator('fp-lens-chart').getByRole('img');
      expect(await chart.getAttribute('aria-label')).toMatch(
        /^Probability and rank of .+ along the layers: from .+ rank [\d,]+, after the embedding to/,
      );
    });
  });

  it('is walked through and opened by keyboard', async () => {
    await onPage({}, async (page) => {
      expect(await page.locator('fp-lens-ladder .row[tabindex="0"]').count()).toBe(1);
      await rows(page).first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const focused = page.locator('fp-lens-ladder .row:focus');
      expect(await focused.innerText()).toMatch(/^L0 MLP/);
      expect(await page.locator('fp-lens-chart .pointer').count()).toBe(1);
      await page.keyboard.press('Enter');
      expect(await focused.getAttribute('aria-expanded')).toBe('true');
      const more = page.locator('fp-lens-ladder fp-distribution-bars li:not(.head)');
      expect(await more.count()).toBeGreaterThanOrEqual(10);
      await page.keyboard.press('End');
      expect(await focused.innerText()).toMatch(/^L5 MLP/);
      expect(await asked(page, 'lens')).toHaveLength(1);
    });
  });

  it('follows the current token, and compares with what came', async () => {
    await onPage({}, async (page) => {
      await page.locator('fp-token-flow .item').nth(2).click();
      const summary = page.locator('fp-lens-section .summary');
      await expect.poll(() => summary.innerText()).toMatch(/and what came|went on with/);
      expect(await rows(page).first().innerText()).toContain('·man');
    });
  });

  it('is a table, a picture and a document', async () => {
    await onPage({}, async (page) => {
      const { content } = await exported(page, 'Logit lens', 'svg');
      expect(content).toMatch(/^<\?xml.+<svg .*xmlns="http:\/\/www.w3.org\/2000\/svg"/s);
      expect(content).toContain('stroke="rgb(');
      expect(content).not.toContain('var(');
      await page.getByRole('button', { name: 'Logit lens as a table' }).click();
      const table = page.locator('fp-lens-section fp-data-table tr');
      expect(await table.count()).toBe(streams + 1);
    });
  });

  it('says why it has nothing to show, and tries again', async () => {
    await onPage({}, async (page) => {
      await fail(page, 'lens', 'The engine stopped.');
      await page.locator('fp-token-flow .item').nth(1).click();
      const alert = page.locator('fp-lens-section').getByRole('alert');
      await expect.poll(() => alert.innerText()).toContain('The engine stopped.');
      await fail(page, null, null);
      await alert.getByRole('button').click();
      await expect.poll(() => rows(page).count()).toBe(streams);
    });
  });
});

describe('the logit lens of all tokens', () => {
  const all = (page) => page.getByRole('radio', { name: 'All tokens' }).click();
  const progress = (page) => page.locator('fp-lens-map .progress');
  const readout = (page) => page.locator('fp-lens-map .readout').innerText();

  it('comes piece by piece, what is current first, and is chosen from', async () => {
    await onPage({}, async (page) => {
      expect(await asked(page, 'lensTable')).toEqual([]);
      await all(page);
      await expect.poll(() => progress(page).count(), { timeout: 10_000 }).toBe(0);
      const pieces = await asked(page, 'lensTable');
      expect(pieces.map(({ from, to }) => [from, to])).toEqual([
        [9, 17],
        [0, 9],
      ]);
      const canvas = page.locator('fp-lens-map canvas');
      expect(await canvas.getAttribute('aria-label')).toMatch(/^Logit lens/);
      await canvas.focus();
      await page.keyboard.press('ArrowLeft');
      expect(await readout(page)).toMatch(/after ·The: .+%.+final .+%.+KL \d+\.\d\d bits/);
      await page.keyboard.press('Enter');
      expect(await asked(page, 'select')).toEqual([{ position: 15, reveal: true }]);
      await page.getByRole('radio', { name: 'KL to the end' }).click();
      expect(await page.locator('fp-lens-map fp-scale-legend .unit').innerText()).toBe('bits');
      expect(await asked(page, 'lensTable')).toHaveLength(2); // colours ask for nothing
    });
  });

  it('keeps what is there when the engine dies, and goes on', async () => {
    await onPage({ live: `${live} ${live} ${live}` }, async (page) => {
      await all(page);
      await page.waitForFunction(
        () => window.asked.filter(({ method }) => method === 'lensTable').length === 2,
      );
      await fail(page, 'lensTable', 'The engine stopped.');
      await expect.poll(() => progress(page).innerText()).toContain('The engine stopped.');
      expect(await readout(page)).toMatch(/%/);
      await fail(page, null, null);
      await progress(page).getByRole('button', { name: 'Go on' }).click();
      await expect.poll(() => progress(page).count(), { timeout: 10_000 }).toBe(0);
    });
  });
});

describe('the attribution of a logit', () => {
  const bars = (page) => page.locator('fp-signed-bars li');

  it('asks for nothing while it is folded', async () => {
    await onPage({}, async (page) => expect(await asked(page, 'attribution')).toEqual([]));
  });

  it('adds up, and names the parts that matter most first', async () => {
    await onPage({}, async (page) => {
      await unfold(page);
      await bars(page).first().waitFor();
      const amounts = (await bars(page).locator('.amount').allInnerTexts()).map((text) =>
        Math.abs(Number(text.replace('−', '-'))),
      );
      expect(amounts).toHaveLength(12);
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
      const sum = await page.locator('fp-attribution-section .sum').innerText();
      const [, logit, total] = /: (−?[\d.]+) =.*Sum (−?[\d.]+), error/s.exec(sum);
      expect(total).toBe(logit);
      await page.locator('fp-attribution-section').getByText('Show more').click();
      expect(await bars(page).count()).toBe(36);
    });
  });

  it('chooses a head for the attention', async () => {
    await onPage({}, async (page) => {
      await unfold(page);
      const head = page.locator('fp-signed-bars button.name').first();
      const name = await head.innerText();
      await head.click();
      await expect
        .poll(() => page.locator('fp-attention-section [slot="aside"]').first().innerText())
        .toContain(name);
      expect(await head.getAttribute('aria-pressed')).toBe('true');
    });
  });

  it('takes tokens as they are written or from the menu, by keyboard', async () => {
    await onPage({}, async (page) => {
      await unfold(page);
      await field(page, 'Target').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const active = page.locator('fp-token-field [role="option"].active .token');
      const second = await active.innerText();
      await page.keyboard.press('Enter');
      expect(await field(page, 'Target').inputValue()).toBe(second);
      await field(page, 'Versus').fill('dog');
      await field(page, 'Versus').press('Enter');
      const sum = page.locator('fp-attribution-section .sum');
      await expect.poll(() => sum.innerText()).toContain(`Logit of ${second} less that of ·dog`);
      await page.getByRole('button', { name: 'Clear target' }).click();
      await expect.poll(() => sum.innerText()).not.toContain(`Logit of ${second} less`);
      expect(await page.evaluate(() => window.harness.saved())).toMatchObject({
        attributionTarget: null,
        attributionVersus: { text: 'dog', id: null },
      });
    });
  });

  it('says below the field why a token is none, and shows no old numbers', async () => {
    await onPage({}, async (page) => {
      await unfold(page);
      await bars(page).first().waitFor();
      const section = page.locator('fp-attribution-section');
      for (const [text, message] of [
        ['antidisestablishmentarianism', /but one is needed/],
        ['50257', /ids go from 0 to 50256/],
        ['""', /An empty text/],
      ]) {
        await field(page, 'Versus').fill(text);
        await field(page, 'Versus').press('Enter');
        await expect.poll(() => section.getByRole('alert').innerText()).toMatch(message);
        expect(await field(page, 'Versus').getAttribute('aria-invalid')).toBe('true');
        expect(await bars(page).count()).toBe(0);
      }
      await field(page, 'Versus').fill('');
      await field(page, 'Versus').press('Enter');
      await bars(page).first().waitFor();
      await fail(page, 'attribution', 'The engine stopped.');
      await page.locator('fp-token-flow .item').nth(1).click();
      await expect.poll(() => section.getByRole('alert').innerText()).toContain('engine stopped');
      await fail(page, null, null);
      await section.getByText('Try again').click();
      await bars(page).first().waitFor();
    });
  });

  it('is a table whose rows are parts', async () => {
    await onPage({}, async (page) => {
      await unfold(page);
      await bars(page).first().waitFor();
      await page.getByRole('button', { name: 'Attribution as a table' }).click();
      const table = page.locator('fp-attribution-section fp-data-table');
      expect(await table.locator('tr').count()).toBe(1 + 2 + 6 * (4 + 2) + 1 + 3);
      expect(await table.locator('tbody').innerText()).toContain('L5 attn bias');
    });
  });
});
