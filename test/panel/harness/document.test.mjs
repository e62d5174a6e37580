/* global window */
// The statistics of a document: figures, lines, table, export, and how it is read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

/** Runs `check` on a fresh page with a report; nothing may be complained of on it. */
async function onReport(options, check) {
  const page = await panel.open({ fixture: 'empty', report: 'essay', ...options });
  page.setDefaultTimeout(10_000);
  try {
    await check(page.locator('fp-document-section'), page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

const report = (page, ...args) => page.evaluate((all) => window.harness.report(...all), args);
const figures = async (section) =>
  Object.fromEntries(
    await section
      .locator('fp-document-figures dl > div')
      .evaluateAll((all) => all.map((one) => one.innerText.split('\n'))),
  );
const rows = (section) => section.locator('fp-surprising-lines li');
const status = (section) => section.getByRole('status').innerText();

async function exported(page, format) {
  await page.evaluate((chosen) => {
    window.harness.exportAs(chosen);
    delete window.exported;
  }, format);
  await page.getByRole('button', { name: 'Export Document' }).click();
  await page.waitForFunction(() => window.exported !== undefined);
  return page.evaluate(() => window.exported);
}

describe('a report', () => {
  it('stands at the top, before anything was inspected and afterwards', async () => {
    for (const fixture of ['empty', 'sentence']) {
      await onReport({ fixture }, async (section, page) => {
        const first = page.locator('fp-section').first();
        expect(await first.getAttribute('heading')).toBe('Document');
        expect(await first.locator('bdi.source').innerText()).toBe('essay.md');
        const next = fixture === 'empty' ? 'fp-welcome' : 'fp-header';
        expect(await page.locator(next).count()).toBe(1);
      });
    }
  });

  it('says its figures, ranks and surprisal, also to those who hear it', async () => {
    await onReport({}, async (section) => {
      const { tokens, bits, ...rest } = await figures(section);
      expect(tokens).toBe('1,879');
      const number = (text) => Number(text.replaceAll(',', '').replace('−', '-'));
      expect(2 ** number(rest['bits/token']) / number(rest.perplexity)).toBeCloseTo(1, 1);
      expect(number(bits) / 1878).toBeCloseTo(number(rest['bits/token']), 1);
      expect(number(rest['bits/token']) - number(rest.entropy)).toBeCloseTo(number(rest.difference), 1); // prettier-ignore
      const told = await section.locator('dt', { hasText: 'difference' }).locator('..').getAttribute('title'); // prettier-ignore
      expect(told).toMatch(/bits a token more surprising than the model expected/);
      const ranks = section.getByRole('list', { name: 'Tokens by rank' }).getByRole('listitem');
      const shares = (await ranks.allInnerTexts()).map((text) => parseFloat(text.split(/\s+/)[1]));
      expect(shares).toHaveLength(5);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 0);
      const bins = section.getByRole('list', { name: 'Tokens by surprisal' });
      expect(await bins.getByRole('listitem').count()).toBe(16);
      expect(await bins.getByRole('listitem', { name: /^0 to 1 bits: [\d,]+ tokens, / }).count()).toBe(1); // prettier-ignore
    });
  });

  it('orders lines by bits or by bits per byte', async () => {
    await onReport({ report: 'code' }, async (section) => {
      const values = async (at) =>
        (await rows(section).locator('.values').allInnerTexts()).map((text) =>
          parseFloat(text.split('\n')[at].replace(',', '')),
        );
      const falls = (numbers) => numbers.every((value, i) => i === 0 || value <= numbers[i - 1]);
      const byBits = await values(0);
      expect(byBits.length).toBe(7);
      expect(falls(byBits)).toBe(true);
      await section.getByRole('radio', { name: 'Bits per byte' }).click();
      const perByte = await rows(section).locator('.values span:last-child').allInnerTexts();
      expect(falls(perByte.map(parseFloat))).toBe(true);
    });
  });

  it('shows a line in the editor, by pointer and by keyboard', async () => {
    await onReport({}, async (section, page) => {
      const numbers = (await rows(section).locator('.line').allInnerTexts()).map(Number);
      await rows(section).nth(2).getByRole('button').click();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => asked(page, 'revealLine'))
        .toEqual([numbers[2], numbers[3], numbers[0]].map((line) => ({ line })));
      // One of them is in the way of the Tab key, and says what it is.
      expect(await section.locator('fp-surprising-lines button[tabindex="0"]').count()).toBe(1);
      const name = await rows(section).first().getByRole('button').getAttribute('aria-label');
      expect(name).toMatch(/^Line \d+: \d+ bits, [\d.]+ bits per byte\. Most surprising: “.+”, [\d.]+ bits, rank [\d,]+$/); // prettier-ignore
      await page.evaluate(() => window.harness.fail('revealLine', 'Line 3 is not what it was.'));
      await page.keyboard.press('Enter');
      await section.getByRole('alert').getByText('Line 3 is not what it was.').waitFor();
    });
  });

  it('has all lines in its table, asked for once', async () => {
    await onReport({}, async (section, page) => {
      expect(await asked(page, 'documentLines')).toEqual([]);
      await section.getByRole('button', { name: 'All 80 lines as a table' }).click();
      await expect.poll(() => section.locator('tbody tr').count()).toBe(80);
      const lines = await section.locator('tbody tr td:first-child').allInnerTexts();
      expect(lines.map(Number)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      await section.locator('tbody tr').nth(4).click();
      await expect.poll(() => asked(page, 'revealLine')).toEqual([{ line: 5 }]);
      expect(await asked(page, 'documentLines')).toHaveLength(1);
      await report(page, 'code');
      await expect.poll(() => section.locator('tbody tr').count()).toBe(8);
    });
  });

  it('keeps the lines that are at hand where not all can be had', async () => {
    await onReport({}, async (section, page) => {
      await page.evaluate(() => window.harness.fail('documentLines', 'The document is gone.'));
      await section.getByRole('button', { name: 'Document as a table' }).click();
      await page.waitForTimeout(200);
      expect(await section.locator('tbody tr').count()).toBe(50);
      await section.getByRole('button', { name: 'Document as a table' }).click();
      await section.getByRole('alert').getByText('The document is gone.').waitFor();
    });
  });

  it('is exported whole as JSON and as CSV, with nothing inspected', async () => {
    await onReport({}, async (section, page) => {
      const { name, content } = await exported(page, 'json');
      expect(name).toBe('statistics-essay.md');
      const { data, provenance } = JSON.parse(content);
      expect(provenance.tool).toBe('Forward Pass');
      expect(data.lines).toMatchObject({ count: 80, all: true });
      const bits = data.lines.each.reduce((sum, line) => sum + line.bits, 0);
      expect(bits).toBeCloseTo(data.totals.bits, 6);
      expect(data.ranks.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(data.totals.predicted);
      const csv = (await exported(page, 'csv')).content.split('\r\n');
      const table = csv.filter((line) => !line.startsWith('#') && line !== '');
      expect(table[0]).toMatch(/^line,bits,bits per byte,tokens,/);
      expect(table).toHaveLength(81);
      const [request] = await asked(page, 'chooseExport');
      expect(request).toEqual({ what: 'Document', formats: ['json', 'csv'], of: 'document' });
    });
  });
});

describe('while a document is read', () => {
  const actions = async (section) => section.locator('.status button').allInnerTexts();

  it('the report says how far it is, what is known, and can be ended', async () => {
    await onReport({}, async (section, page) => {
      await report(page, 'essay', 0, { figures: null, surprising: [], lines: 0 });
      await expect.poll(() => status(section)).toBe('Cutting the text into tokens');
      expect(await section.locator('fp-document-figures').count()).toBe(0);
      expect(await section.getByRole('button', { name: 'Export Document' }).count()).toBe(0);
      await report(page, 'essay', 0.43);
      await expect.poll(() => status(section)).toBe('Reading: 43%');
      expect((await figures(section)).tokens).toBe('1,879');
      await section.getByRole('button', { name: 'Cancel' }).click();
      await report(page, 'essay', 0.43, { status: 'stopped' });
      await expect.poll(() => status(section)).toMatch(/^Stopped at 43%/);
      expect(await actions(section)).toEqual(['Go on', 'Close']);
      await section.getByRole('button', { name: 'Go on' }).click();
      await report(page, 'essay', 1, { status: 'edited' });
      await expect.poll(() => status(section)).toBe('Edited: reading again');
      await report(page, 'essay', 1, { status: 'closed' });
      await expect.poll(() => status(section)).toMatch(/^The document was closed/);
      expect(await actions(section)).toEqual(['Close']);
      await section.getByRole('button', { name: 'Close' }).click();
      const wished = (await asked(page, 'documentReading')).map(({ action }) => action);
      expect(wished).toEqual(['stop', 'goOn', 'close']);
    });
  });

  it('a failure is said, and can be tried again', async () => {
    await onReport({}, async (section, page) => {
      await report(page, 'essay', 0.5, { status: 'failed', error: 'The engine ended.' });
      const alert = section.getByRole('alert');
      await alert.getByText('The engine ended.').waitFor();
      await alert.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => asked(page, 'documentReading')).toEqual([{ action: 'goOn' }]);
    });
  });

  it('a text of which nothing can be predicted is told so', async () => {
    await onReport({ report: 'empty' }, async (section, page) => {
      expect(await status(section)).toBe('There is no text.');
      expect((await figures(section)).perplexity).toBe('–');
      await report(page, 'one');
      await expect.poll(() => status(section)).toMatch(/^One token alone/);
      expect(await rows(section).count()).toBe(0);
    });
  });

  it('whoever runs the command again sees the section that was folded', async () => {
    await onReport({}, async (section, page) => {
      await section.locator('.fold').click();
      expect(await section.locator('fp-document-figures').count()).toBe(0);
      await report(page, 'essay', 0.5);
      await page.waitForTimeout(100);
      expect(await section.locator('fp-document-figures').count()).toBe(0);
      await report(page, 'code', 1, { serial: 2 });
      await section.locator('fp-document-figures').waitFor();
    });
  });
});

it('nothing scrolls sideways, from narrow to wide, in any theme', async () => {
  for (const theme of ['dark', 'light', 'hcDark', 'hcLight']) {
    await onReport({ theme, report: 'part' }, async (section, page) => {
      for (const name of ['part', 'scripts', 'minified', 'essay']) {
        await report(page, name);
        for (const width of [250, 320, 819, 1400]) {
          await page.setViewportSize({ width, height: 900 });
          const overflow = () =>
            section.locator('fp-section').evaluate((each) => each.scrollWidth - each.clientWidth);
          await expect.poll(overflow, `${name} at ${width}`).toBe(0);
        }
      }
    });
  }
}, 60_000);
