// Every section of the panel in the real workbench, with the bundled model: that each answers, can be
// read as a table, and how it looks in every theme (test/screenshots/out).
import { expect, test } from 'vitest';
import { useWorkbench } from './fixture.mjs';

const opened = useWorkbench({ width: 1500, height: 1500 });
const text = "The Moon is the Earth's only natural satellite.";

/** Headings, in the order of the panel's two columns. */
const sections = [
  'Tokens',
  'Next token',
  'Continue',
  'Compare',
  'Embeddings',
  'Model',
  'Attention heads',
  'Attention',
  'Logit lens',
  'Attribution',
  'Neurons',
  'What if',
  'Patching',
];

/** @type {import('playwright-core').Frame} */
let panel;
const section = (/** @type {string} */ heading) =>
  panel.locator(`fp-section[heading="${heading}"]`);

test('the panel has all sections, each with a name', async () => {
  const { workbench } = opened;
  await workbench.openFile('sample.md');
  await workbench.closeSideBar();
  await workbench.run('Forward Pass: Open Panel in Editor Tab');
  await workbench.selectText(text);
  await workbench.run('Forward Pass: Inspect Selection');
  panel = await workbench.webview('fp-token-flow .item');
  const folds = panel.locator('fp-section .fold');
  // Each section is drawn in a turn of its own, one after the other.
  const names = async () =>
    (await folds.allInnerTexts()).map((name) => name.split('\n')[0].trim().toLowerCase());
  await expect.poll(names).toEqual(sections.map((name) => name.toLowerCase()));
  // By keyboard: each heading is a button that folds and unfolds.
  for (const fold of await folds.all()) {
    if ((await fold.getAttribute('aria-expanded')) === 'true') continue;
    await fold.focus();
    await opened.workbench.page.keyboard.press('Enter');
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
  }
});

test('what waits for somebody is set going', async () => {
  const { workbench } = opened;
  await workbench.page.locator('.editor-instance .view-lines').first().click();
  await workbench.selectText('It turns around the Earth once in about four weeks');
  await workbench.run('Forward Pass: Compare Selection with the Inspected Text');
  await section('Compare').locator('fp-comparison-view').waitFor();
  await section('What if').getByRole('button', { name: 'Off', exact: true }).first().click();
  await section('What if').getByText("Not the model's own").waitFor();
  await section('Continue').getByText('Take top', { exact: true }).click();
  await section('Continue').getByRole('treeitem').nth(5).waitFor();
  const corrupted = section('Patching').locator('textarea');
  await corrupted.fill(text.replace('Moon', 'Sun'));
  // After a full stop both texts expect the same: what is compared has to be named.
  for (const [name, word] of Object.entries({ Target: 'Earth', Versus: 'Sun' })) {
    const field = section('Patching').getByRole('combobox', { name });
    await field.fill(word);
    await field.press('Enter');
  }
  await section('Patching').locator('vscode-button', { hasText: 'Start' }).click();
  await section('Patching').locator('fp-cell-map').waitFor();
});

test.each(sections)('%s answers without a failure', async (heading) => {
  await panel.getByRole('region', { name: heading, exact: true }).waitFor();
  await opened.workbench.page.waitForTimeout(300);
  expect(await section(heading).getByRole('alert').allInnerTexts()).toEqual([]);
});

test.each(sections)('%s can be read as a table', async (heading) => {
  const toggle = panel.getByRole('button', { name: `${heading} as a table`, exact: true });
  await toggle.click();
  const rows = section(heading).locator('fp-data-table').getByRole('row');
  await expect.poll(() => rows.count()).toBeGreaterThan(1);
  await toggle.click();
  await expect.poll(() => section(heading).locator('fp-data-table').count()).toBe(0);
});

test.each(['light', 'dark', 'high-contrast', 'high-contrast-light'])(
  'is drawn in %s, wide and section by section',
  async (theme) => {
    const { workbench } = opened;
    await workbench.setTheme(/** @type {'light'} */ (theme));
    await workbench.page.waitForTimeout(300);
    await workbench.screenshot(`inspector-${theme}`);
    for (const heading of sections) {
      const part = section(heading);
      await part.scrollIntoViewIfNeeded();
      await workbench.screenshot(
        `inspector-${theme}-${heading.toLowerCase().replaceAll(' ', '-')}`,
        part,
      );
    }
  },
);
