/* global window */
// Attention in the built panel: the grid of heads, their scores, lines, and the options.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

/** Runs `check` on a fresh page; nothing may have been complained of on it, policy included. */
async function onPage(options, check) {
  const page = await panel.open(options);
  try {
    await check(page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

const section = (page) => page.locator('fp-attention-section');
const heads = (page) => page.locator('fp-heads-section');
const cell = (page, name) => page.getByRole('gridcell', { name });
const chosenHead = (page) => section(page).locator('[slot="aside"]').innerText();

/** All layers are there. */
const complete = (page) =>
  expect.poll(() => cell(page, /not there yet/).count(), { timeout: 20_000 }).toBe(0);

const picture = (locator) => locator.evaluate((canvas) => canvas.toDataURL());

describe('the grid of heads', () => {
  it('comes layer by layer, each asked for once', async () => {
    await onPage({}, async (page) => {
      await complete(page);
      const layers = (await asked(page, 'headSummary')).map(({ layer }) => layer);
      expect(layers).toEqual(Array.from({ length: 12 }, (_, layer) => layer));
      expect(await page.getByRole('gridcell').count()).toBe(144);
      const canvases = heads(page).locator('fp-head-grid canvas');
      const pictures = new Set();
      for (let layer = 0; layer < 12; layer++) pictures.add(await picture(canvases.nth(layer)));
      expect(pictures.size).toBe(12);
    });
  });

  it('is walked and chosen from by keyboard', async () => {
    await onPage({}, async (page) => {
      await complete(page);
      await cell(page, /^L0H0:/).focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'End', 'ArrowLeft']) {
        await page.keyboard.press(key);
      }
      const readout = heads(page).locator('.readout');
      expect(await readout.innerText()).toMatch(/^L2H10\s+induction/);
      expect(await chosenHead(page)).toBe('L0H0'); // looking is not choosing
      await page.keyboard.press('Enter');
      await expect.poll(() => chosenHead(page)).toBe('L2H10');
      const chosen = page.locator('[role="gridcell"][aria-selected="true"]');
      expect(await chosen.getAttribute('aria-label')).toMatch(/^L2H10: .*entropy \(bits\) \d/);
      expect(await page.locator('fp-head-grid [tabindex="0"]').count()).toBe(1);
    });
  });

  it('names the heads that stand out, and goes to one', async () => {
    await onPage({}, async (page) => {
      await complete(page);
      const picks = heads(page).locator('fp-head-picks');
      const first = picks.getByRole('button').first();
      const [name, score] = (await first.innerText()).split(/\s+/);
      const words = await cell(page, new RegExp(`^${name}:`)).getAttribute('aria-label');
      expect(words).toContain(`induction ${score}`);
      for (const label of await page
        .getByRole('gridcell')
        .evaluateAll((cells) => cells.map((item) => item.getAttribute('aria-label')))) {
        const other = Number(/induction ([\d.]+)/.exec(label)[1]);
        expect(other).toBeLessThanOrEqual(Number(score));
      }
      await first.click();
      expect(await chosenHead(page)).toBe(name);
      expect(await first.getAttribute('aria-pressed')).toBe('true');
    });
  });

  it('is a table that is sorted by a score and chosen from', async () => {
    await onPage({}, async (page) => {
      await complete(page);
      await heads(page).getByText('All scores as a table').click();
      const rows = heads(page).locator('fp-data-table tbody tr');
      expect(await rows.count()).toBe(144);
      await heads(page).getByRole('button', { name: 'previous token' }).click();
      const values = await rows.locator('td:nth-child(4)').allInnerTexts();
      const numbers = values.map(Number);
      expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
      const name = await rows.first().locator('button').innerText();
      await rows.first().locator('td').nth(2).click();
      expect(await chosenHead(page)).toBe(name);
      expect(await rows.first().getAttribute('aria-current')).toBe('true');
    });
  });

  it('keeps what is there when the engine fails, and goes on', async () => {
    await onPage({ delay: 40 }, async (page) => {
      await expect.poll(() => cell(page, /^L1H0:/).count()).toBe(1);
      await page.evaluate(() => window.harness.fail('headSummary', 'The engine stopped.'));
      const failure = heads(page).getByRole('alert');
      await expect.poll(() => failure.innerText()).toContain('The engine stopped.');
      expect(await cell(page, /^L1H0:/).count()).toBe(1);
      const before = await cell(page, /not there yet/).count();
      expect(before).toBeGreaterThan(0);
      await page.evaluate(() => window.harness.fail(null));
      await failure.getByText('Go on').click();
      await complete(page);
      expect(await failure.count()).toBe(0);
      // No layer that had come was asked for again.
      const layers = (await asked(page, 'headSummary')).map(({ layer }) => layer);
      expect(layers.filter((layer) => layer === 0)).toHaveLength(1);
      expect(layers).toHaveLength(13);
    });
  });

  it('asks for nothing while it is folded', async () => {
    await onPage({}, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: /^Attention heads \d/ }).click();
      const before = (await asked(page, 'headSummary')).length;
      await page.getByLabel('Hide first token').check();
      await page.waitForTimeout(200);
      expect(await asked(page, 'headSummary')).toHaveLength(before);
    });
  });
});

describe('the options of the pattern', () => {
  const map = (page) => section(page).locator('fp-heat-map canvas');

  it('ask for the heads of a layer together', async () => {
    await onPage({}, async (page) => {
      const one = await picture(map(page));
      await page.getByRole('radio', { name: 'Mean' }).click();
      await expect.poll(() => picture(map(page))).not.toBe(one);
      expect(await chosenHead(page)).toBe('L0 mean');
      await page.getByRole('radio', { name: 'Rollout' }).click();
      expect(await chosenHead(page)).toBe('rollout to L0');
      expect(await page.getByLabel('Weight by values').isDisabled()).toBe(true);
      expect((await asked(page, 'attention')).map(({ head }) => head)).toEqual([
        0,
        'mean',
        'rollout',
      ]);
      // Any way to a single head leads back to one.
      await page.getByLabel('Next head').click();
      expect(await chosenHead(page)).toBe('L0H1');
    });
  });

  it('hide the first token, and say by what the colours are scaled', async () => {
    await onPage({}, async (page) => {
      const legend = section(page).locator('fp-scale-legend .marks span');
      expect(await legend.allInnerTexts()).toEqual(['0', '0.25', '0.5', '0.75', '1']);
      await page.getByLabel('Hide first token').check();
      const peak = Number(await legend.last().innerText());
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(1);
      const unseen = section(page).locator('.future');
      expect(await unseen.innerText()).toContain('future and first token, not shown');
      await expect
        .poll(async () => (await asked(page, 'headSummary')).some(({ hideFirst }) => hideFirst))
        .toBe(true);
    });
  });

  it('colour by orders of magnitude', async () => {
    await onPage({}, async (page) => {
      const linear = await picture(map(page));
      await page.getByRole('radio', { name: 'Log', exact: true }).click();
      await expect.poll(() => picture(map(page))).not.toBe(linear);
      const legend = section(page).locator('fp-scale-legend .marks span');
      expect(await legend.allInnerTexts()).toEqual(['0.0001', '0.001', '0.01', '0.1', '1']);
    });
  });

  it('weight by values', async () => {
    await onPage({}, async (page) => {
      await page.getByLabel('Weight by values').check();
      await expect.poll(async () => (await asked(page, 'attention')).at(-1).weighted).toBe(true);
      expect(await section(page).locator('fp-scale-legend .unit').innerText()).toContain('W_O');
    });
  });

  it('lay attention from or to the current token under the tokens', async () => {
    await onPage({}, async (page) => {
      const bars = () =>
        page
          .locator('fp-token-flow .item')
          .evaluateAll((items) =>
            items.map((item) => Number(item.style.getPropertyValue('--token-share'))),
          );
      const from = await bars();
      expect(from.slice(9).every((share) => share === 0)).toBe(true);
      expect(Math.max(...from)).toBe(1);
      await page.getByRole('radio', { name: 'To', exact: true }).click();
      const to = await bars();
      expect(to.slice(0, 8).every((share) => share === 0)).toBe(true);
      expect(Math.max(...to)).toBe(1);
      expect(await page.locator('fp-token-section .overlay').innerText()).toMatch(/L0H0 to/);
      await page.getByRole('radio', { name: 'Off', exact: true }).click();
      expect((await bars()).every((share) => share === 0)).toBe(true);
    });
  });

  it('are remembered', async () => {
    await onPage({}, async (page) => {
      await page.getByRole('radio', { name: 'Max' }).click();
      await page.getByRole('radio', { name: 'Lines' }).click();
      await page.getByLabel('Hide first token').check();
      const saved = await page.evaluate(() => window.harness.saved());
      expect(saved).toMatchObject({ heads: 'max', attentionView: 'lines', hideFirst: true });
    });
  });
});

describe('attention as a table', () => {
  it('has the row and the column of the current token', async () => {
    await onPage({}, async (page) => {
      await page.getByLabel('Attention as a table').click();
      const rows = section(page).locator('fp-data-table tbody tr');
      expect(await rows.count()).toBe(20);
      const from = (await rows.locator('td:nth-child(3)').allInnerTexts()).slice(0, 9).map(Number);
      expect(from.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2);
      expect(await rows.nth(9).locator('td').nth(2).innerText()).toBe('–');
      await rows.nth(3).locator('button').click();
      expect(await asked(page, 'select')).toEqual([{ position: 3, reveal: true }]);
    });
  });
});

describe('attention as lines', () => {
  const lines = (page) => page.locator('fp-attention-lines');
  const open = async (page) => {
    await page.getByRole('radio', { name: 'Lines' }).click();
    await expect.poll(() => lines(page).locator('canvas').isVisible()).toBe(true);
  };
  const focused = (page) =>
    lines(page)
      .locator('.token:focus')
      .evaluate(({ dataset }) => `${dataset.side} ${dataset.index}`);

  it('go from a token alone while it is looked at', async () => {
    await onPage({}, async (page) => {
      await open(page);
      const all = await picture(lines(page).locator('canvas'));
      await lines(page).locator('[data-side="query"][data-index="5"]').hover();
      await expect.poll(() => picture(lines(page).locator('canvas'))).not.toBe(all);
      const readout = lines(page).locator('.readout');
      expect(await readout.innerText()).toMatch(/over \(5\) looks at.*jumps \(4\) 0\.\d{3}/);
      await lines(page).locator('[data-side="key"][data-index="5"]').hover();
      await expect.poll(() => readout.innerText()).toMatch(/is looked at by/);
    });
  });

  it('are walked and chosen from by keyboard', async () => {
    await onPage({}, async (page) => {
      await open(page);
      await lines(page).getByRole('listbox', { name: 'Tokens that look' }).waitFor();
      await lines(page).locator('[data-side="query"][tabindex="0"]').focus();
      expect(await focused(page)).toBe('query 8');
      for (const [key, where] of [
        ['ArrowUp', 'query 7'],
        ['ArrowRight', 'key 7'],
        ['Home', 'key 0'],
        ['ArrowLeft', 'query 0'],
        ['End', 'query 19'],
      ]) {
        await page.keyboard.press(key);
        await expect.poll(() => focused(page)).toBe(where);
      }
      await page.keyboard.press('Enter');
      expect(await asked(page, 'select')).toEqual([{ position: 19, reveal: true }]);
    });
  });

  it('render only what is in view of a long text, and say so', async () => {
    await onPage({ fixture: 'long' }, async (page) => {
      await open(page);
      const tokens = lines(page).locator('.token');
      await expect.poll(() => tokens.count()).toBeGreaterThan(20);
      expect(await tokens.count()).toBeLessThan(150);
      expect(await lines(page).locator('.more').innerText()).toMatch(
        /Lines of the \d+ tokens in view, of 1,024/,
      );
      await lines(page).locator('[data-side="query"][tabindex="0"]').focus();
      await page.keyboard.press('Home');
      await expect.poll(() => focused(page)).toBe('query 0');
      await page.keyboard.press('End');
      await expect.poll(() => focused(page)).toBe('query 1023');
    });
  }, 60_000);
});
