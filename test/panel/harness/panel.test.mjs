/* global document, getComputedStyle, innerWidth, window */
// The built panel in a browser of its own, without VS Code: what only a browser can show.
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

/** The heat map's picture, and two of its colours: what is visible at the bottom, and the future. */
const heatMap = (page) =>
  page.locator('fp-heat-map canvas').evaluate((canvas) => {
    const at = (x, y) => {
      const context = document.createElement('canvas').getContext('2d');
      context.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    return {
      picture: canvas.toDataURL(),
      visible: at(canvas.width >> 1, canvas.height - 6),
      future: at(canvas.width - 20, canvas.height >> 1),
    };
  });

const focusedToken = (page) =>
  page.locator('fp-token-flow .item:focus').evaluate((item) => Number(item.dataset.index));

describe('the panel', () => {
  it('asks once for what it shows', async () => {
    await onPage({}, async (page) => {
      await page.waitForTimeout(200);
      const methods = await page.evaluate(() => window.asked.map(({ method }) => method));
      for (const method of ['attention', 'lens', 'logits', 'ready', 'vocabulary']) {
        expect(methods.filter((other) => other === method)).toHaveLength(1);
      }
    });
  });

  it('draws the tokens in order, broken where the text breaks', async () => {
    await onPage({ fixture: 'code' }, async (page) => {
      const items = page.locator('fp-token-flow .item');
      expect(await page.locator('fp-token-flow br').count()).toBe(8);
      const text = (await items.allInnerTexts()).join('').replace(/\n/g, '');
      expect(text).toContain('→let·max·=·-Infinity;␍⏎→for');
    });
  });

  it('is walked through and chosen from by keyboard', async () => {
    await onPage({ fixture: 'code' }, async (page) => {
      await page.locator('fp-token-flow .item.current').focus();
      expect(await focusedToken(page)).toBe(30);
      await page.keyboard.press('ArrowLeft');
      expect(await focusedToken(page)).toBe(29);
      const box = (name) => page.locator(`fp-token-flow .item${name}`).boundingBox();
      const before = await box(':focus');
      await page.keyboard.press('ArrowDown');
      const below = await box(':focus');
      expect(below.y - before.y).toBeGreaterThan(10);
      expect(below.y - before.y).toBeLessThan(50);
      await page.keyboard.press('ArrowUp');
      expect((await box(':focus')).y).toBeCloseTo(before.y, 0);
      await page.keyboard.press('Home');
      expect(await focusedToken(page)).toBe(0);
      expect(await asked(page, 'select')).toEqual([]); // looking is not choosing
      await page.keyboard.press('Enter');
      expect(await asked(page, 'select')).toEqual([{ position: 0, reveal: true }]);
      const selected = page.locator('fp-token-flow [aria-selected="true"]');
      expect(await selected.getAttribute('data-index')).toBe('0');
    });
  });

  it('computes the distribution that the sampling leaves, and says so', async () => {
    await onPage({}, async (page) => {
      const bars = page.locator('fp-distribution-bars');
      const summary = page.locator('fp-next-token-section .summary');
      expect(await summary.innerText()).toContain('over all 50,257 tokens');
      const topK = page.getByLabel('Top-k', { exact: true });
      await topK.fill('5');
      await topK.press('Enter');
      const amounts = async () =>
        (await bars.locator('li:not(.head, .cut) .amount').allInnerTexts()).map(parseFloat);
      await expect.poll(async () => (await amounts()).length).toBe(5);
      const sum = (await amounts()).reduce((a, b) => a + b, 0);
      expect(sum).toBeGreaterThan(99.8);
      expect(sum).toBeLessThan(100.2);
      expect(await summary.innerText()).toMatch(/^Kept 5 of 50,257 tokens, .*renormalised/);
      await page.getByLabel('Reset temperature').click();
      expect(await summary.innerText()).toContain('over all 50,257 tokens');
      expect(await asked(page, 'logits')).toHaveLength(1);
    });
  });

  it('draws another pattern for another head, and never the future', async () => {
    await onPage({}, async (page) => {
      const first = await heatMap(page);
      expect(first.future).toEqual([0, 0, 0, 0]);
      expect(first.visible[3]).toBe(255);
      const readout = page.locator('fp-cell-readout p');
      expect(await readout.innerText()).toMatch(/key\s+·lazy/); // this head looks one back
      await page.getByLabel('Next head').click();
      await expect.poll(async () => (await heatMap(page)).picture).not.toBe(first.picture);
      await expect.poll(() => readout.innerText()).toMatch(/key\s+The/); // and this at the first
      await page.getByLabel('Previous head').click();
      await expect.poll(async () => (await heatMap(page)).picture).toBe(first.picture);
      expect(await asked(page, 'attention')).toHaveLength(2);
    });
  });

  it('reads the heat map out by keyboard and chooses its rows', async () => {
    await onPage({}, async (page) => {
      await page.locator('fp-heat-map canvas').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Home');
      const readout = await page.locator('fp-cell-readout p').innerText();
      expect(readout.replace(/\s+/g, ' ')).toMatch(/query , ?\(9\).*key The ?\(0\) ?\d\.\d{3}/);
      await page.keyboard.press('Enter');
      expect(await asked(page, 'select')).toEqual([{ position: 9, reveal: true }]);
    });
  });

  it('zooms into a long text', async () => {
    await onPage({ fixture: 'long' }, async (page) => {
      const bar = page.locator('fp-zoom-bar div');
      expect(await bar.innerText()).toMatch(/all 1,024 tokens; a pixel is the largest of up to/);
      await page.locator('fp-heat-map canvas').focus();
      for (let i = 0; i < 12; i++) await page.keyboard.press('+');
      await expect
        .poll(() => bar.innerText())
        .toMatch(/queries 69\d–70\d, keys 6[89]\d–70\d of 1,024/);
      await page.keyboard.press('0');
      await expect.poll(() => bar.innerText()).toMatch(/all 1,024 tokens/);
    });
  });

  it('keeps the current token in sight, and the page where it is', async () => {
    await onPage({ fixture: 'long' }, async (page) => {
      const inSight = () =>
        page.locator('fp-token-section .paper').evaluate((paper) => {
          const item = paper.querySelector('fp-token-flow').shadowRoot.querySelector('.current');
          const [inner, outer] = [item.getBoundingClientRect(), paper.getBoundingClientRect()];
          return inner.top >= outer.top && inner.bottom <= outer.bottom;
        });
      expect(await inSight()).toBe(true);
      const canvas = page.locator('fp-heat-map canvas');
      await canvas.scrollIntoViewIfNeeded();
      const scrolled = await page.evaluate(() => window.scrollY);
      expect(scrolled).toBeGreaterThan(0);
      const { x, y, width, height } = await canvas.boundingBox();
      await page.mouse.click(x + width / 4, y + height / 3);
      await expect.poll(async () => (await asked(page, 'select')).length).toBe(1);
      expect(await inSight()).toBe(true);
      // A line more or less above may move the end of the page.
      const after = await page.evaluate(() => window.scrollY);
      expect(Math.abs(after - scrolled)).toBeLessThan(60);
    });
  });

  it('says what failed where it failed, and tries again', async () => {
    await onPage({}, async (page) => {
      await page.evaluate(() => window.harness.fail('attention', 'The engine stopped.'));
      await page.getByLabel('Next head').click();
      const failure = page.locator('fp-attention-section .failed');
      await expect.poll(() => failure.innerText()).toContain('The engine stopped.');
      expect(await page.locator('fp-distribution-bars li').count()).toBeGreaterThan(10);
      await page.evaluate(() => window.harness.fail(null));
      await failure.getByText('Try again').click();
      await expect.poll(() => failure.count()).toBe(0);
    });
  });

  it('keeps the result on show beside an error', async () => {
    await onPage({ fixture: 'error' }, async (page) => {
      expect(await page.locator('fp-banner [role="alert"]').innerText()).toContain(
        'has no config.json',
      );
      expect(await page.locator('fp-token-flow .item').count()).toBe(20);
      await page.locator('fp-banner').getByText('Try again').click();
      await page.getByText('Choose model…').click();
      expect(await asked(page, 'command')).toEqual([
        { command: 'repeat' },
        { command: 'chooseModel' },
      ]);
    });
  });

  it('invites where there is nothing yet', async () => {
    await onPage({ fixture: 'empty' }, async (page) => {
      await page.getByText('Inspect Selection').click();
      expect(await asked(page, 'command')).toEqual([{ command: 'inspectSelection' }]);
    });
  });

  it('follows the colour theme while it is open', async () => {
    await onPage({ theme: 'dark' }, async (page) => {
      const ink = () =>
        page
          .locator('fp-token-flow .item .text')
          .nth(3)
          .evaluate((text) => getComputedStyle(text).backgroundColor);
      const [tint, map] = [await ink(), await heatMap(page)];
      await page.evaluate(() => window.harness.applyTheme('light'));
      await expect.poll(ink).not.toBe(tint);
      await expect.poll(async () => (await heatMap(page)).visible).not.toEqual(map.visible);
    });
  });

  it('never scrolls sideways', async () => {
    for (const fixture of ['sentence', 'code', 'scripts', 'error', 'busy', 'empty']) {
      await onPage({ fixture }, async (page) => {
        for (const width of [250, 340, 819, 1400]) {
          await page.setViewportSize({ width, height: 900 });
          const overflow = () =>
            page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          await expect.poll(overflow, `${fixture} at ${width}`).toBeLessThanOrEqual(0);
        }
      });
    }
  }, 60_000);

  it('remembers what was chosen', async () => {
    await onPage({}, async (page) => {
      await page.getByRole('radio', { name: 'Rank' }).click();
      await page.getByRole('button', { name: /^Attention L0H0$/ }).click();
      const saved = await page.evaluate(() => window.harness.saved());
      expect(saved).toMatchObject({ coloring: 'rank' });
      expect(saved.folded).toContain('attention');
      expect(await page.locator('fp-heat-map canvas').isVisible()).toBe(false);
    });
  });
});
