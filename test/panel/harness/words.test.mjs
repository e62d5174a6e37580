/* global window */
// Neurons, embeddings and the model page, answered by a real engine with the bundled model.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

const live = 'The king and the queen lived in Paris. When the king died, the queen';

/** Runs `check` on a fresh page with one section unfolded; nothing may be complained of on it. */
async function onSection(tag, check) {
  const page = await panel.open({ live });
  page.setDefaultTimeout(10_000);
  const section = page.locator(tag);
  try {
    await page.locator('fp-token-section .item').first().waitFor();
    await section.locator('.fold').click();
    await check(section, page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

/** How far a section's content goes beyond it. */
const overflow = (section) =>
  section
    .locator('fp-section')
    .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);

it('asks nothing for sections that are folded', async () => {
  const page = await panel.open({ live });
  await page.locator('fp-token-flow .item').first().waitFor();
  await page.waitForTimeout(500);
  const methods = await page.evaluate(() => window.asked.map(({ method }) => method));
  for (const method of ['neurons', 'neuron', 'nearestTokens', 'knownModels', 'weightsHash']) {
    expect(methods).not.toContain(method);
  }
  await page.context().close();
});

describe('neurons', () => {
  const rows = (section) => section.locator('fp-neuron-row');
  const names = (section) => section.locator('fp-neuron-row .name').allInnerTexts();

  it('are listed over all layers, piece by piece, and of one layer', async () => {
    await onSection('fp-neuron-section', async (section, page) => {
      await expect.poll(() => rows(section).count()).toBe(10);
      await expect
        .poll(async () => (await asked(page, 'neurons')).map(({ layers }) => layers))
        .toEqual([
          [0, 1, 2, 3],
          [4, 5],
        ]);
      const amounts = async () =>
        (await section.locator('fp-neuron-row .amount').allInnerTexts()).map((text) =>
          Math.abs(Number(text.replace('−', '-'))),
        );
      await expect.poll(() => section.locator('ol').first().getAttribute('aria-busy')).toBe('false'); // prettier-ignore
      const sizes = await amounts();
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      await section.getByRole('radio', { name: 'One layer' }).click();
      await section.getByLabel('Next layer').click();
      await expect.poll(async () => (await names(section)).every((name) => name.startsWith('L1N'))).toBe(true); // prettier-ignore
      const before = await names(section);
      await section.getByRole('radio', { name: 'Written' }).click();
      await expect.poll(() => names(section)).not.toEqual(before);
    });
  });

  it('are looked at along the text, by keyboard', async () => {
    await onSection('fp-neuron-section', async (section, page) => {
      const first = rows(section).first().getByRole('button');
      await first.focus();
      await page.keyboard.press('Enter');
      const detail = section.locator('fp-neuron-detail');
      await detail.waitFor();
      expect(await first.getAttribute('aria-expanded')).toBe('true');
      const flow = detail.getByRole('listbox', { name: /^Activation of L\dN\d+ at each token$/ });
      const tokens = await page.locator('fp-token-section .item').count();
      expect(await flow.getByRole('option').count()).toBe(tokens);
      // The strip says at the current token what the list says.
      const readout = detail.locator('.readout b');
      const listed = Number(await rows(section).first().locator('.amount').innerText());
      expect(Number(await readout.innerText())).toBeCloseTo(listed, 3);
      await flow.getByRole('option').nth(1).hover();
      expect(await detail.locator('.readout').innerText()).toMatch(/^·king \(1\) −?\d/);
      await flow.getByRole('option').nth(1).click();
      expect(await asked(page, 'select')).toEqual([{ position: 1, reveal: true }]);
      // Another position has other neurons, but this one stays open.
      await expect.poll(() => detail.count()).toBe(1);
      await section.getByLabel('Neurons as a table').click();
      const table = section.locator('fp-data-table');
      expect(await table.locator('tbody tr').count()).toBe(tokens);
    });
  });

  it('are found by name, and refused where there is none', async () => {
    await onSection('fp-neuron-section', async (section, page) => {
      const field = section.getByLabel('Neuron', { exact: true });
      const type = async (text) => {
        await field.fill(text);
        await field.press('Enter');
      };
      await type('L2N17');
      await expect.poll(() => section.locator('fp-neuron-detail fp-token-flow').count()).toBe(1);
      expect(await asked(page, 'neuron')).toMatchObject([{ layer: 2, neuron: 17 }]);
      const alert = section.getByRole('alert');
      await type('whatever');
      expect(await alert.innerText()).toContain('"whatever" is no neuron\'s name');
      await type('L99N1');
      await expect.poll(() => alert.innerText()).toContain('There is no layer 99');
      await alert.getByText('Close').click();
      expect(await alert.count()).toBe(0);
    });
  });

  it('that were found stay where the engine fails halfway, and go on', async () => {
    await onSection('fp-neuron-section', async (section, page) => {
      await expect.poll(() => rows(section).count()).toBe(10);
      await page.evaluate(() => window.harness.fail('neurons', 'The engine stopped.'));
      await section.getByText('Show more').click();
      const alert = section.getByRole('alert');
      await expect.poll(() => alert.innerText()).toContain('The engine stopped.');
      expect(await rows(section).count()).toBe(10);
      await page.evaluate(() => window.harness.fail(null));
      await alert.getByText('Try again').click();
      await expect.poll(() => rows(section).count()).toBe(20);
    });
  });
});

describe('embeddings', () => {
  const tokens = (section) => section.locator('fp-score-bars li .token').allInnerTexts();
  const alert = (section) => section.getByRole('alert');
  const write = async (section, label, text) => {
    const field = section.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter');
  };

  it('follow the current token until something else is written', async () => {
    await onSection('fp-embedding-section', async (section, page) => {
      const field = section.getByLabel('Expression', { exact: true });
      expect(await field.inputValue()).toBe('queen');
      await expect.poll(async () => (await tokens(section)).length).toBe(12);
      expect(await tokens(section)).not.toContain('·queen');
      await page.locator('fp-token-section .item').nth(1).click();
      await expect.poll(() => field.inputValue()).toBe('king');
      await write(section, 'Expression', 'king - man + woman');
      const read = section.locator('fp-nearest-view .read');
      await expect
        .poll(async () => (await read.innerText()).trim().replace(/\s+/g, ' '))
        .toBe('·king − ·man + ·woman');
      const found = await tokens(section);
      for (const term of ['·king', '·man', '·woman']) expect(found).not.toContain(term);
      await page.locator('fp-token-section .item').nth(7).click();
      expect(await field.inputValue()).toBe('king - man + woman');
      await section.getByRole('button', { name: 'Current token' }).click();
      await expect.poll(() => field.inputValue()).toBe('Paris');
    });
  });

  it('are walked through, and measured in other ways', async () => {
    await onSection('fp-embedding-section', async (section, page) => {
      await expect.poll(async () => (await tokens(section)).length).toBe(12);
      const [nearest] = await tokens(section);
      await section.locator('fp-score-bars button').first().click();
      await expect.poll(async () => tokens(section)).toContain('·queen');
      expect(await tokens(section)).not.toContain(nearest);
      await section.getByRole('radio', { name: 'Dot' }).click();
      await section.getByLabel('After the final norm').check();
      await expect
        .poll(async () => (await asked(page, 'nearestTokens')).at(-1))
        .toMatchObject({ measure: 'dot', finalNorm: true });
      await section.getByText('Embedding = unembedding (tied)').waitFor();
    });
  });

  it('say where an expression is wrong, and keep the last answer', async () => {
    await onSection('fp-embedding-section', async (section) => {
      await expect.poll(async () => (await tokens(section)).length).toBe(12);
      const field = section.getByLabel('Expression', { exact: true });
      await field.press('End');
      await field.pressSequentially(' -'); // without Enter: read after a moment
      await expect.poll(() => alert(section).innerText()).toContain('at the end a term is missing');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await tokens(section)).toHaveLength(12);
      await write(section, 'Expression', 'queen - antidisestablishmentarianism');
      await expect.poll(() => alert(section).innerText()).toMatch(/^Character 9: .* is 5 tokens/);
      await write(section, 'Expression', '');
      await expect.poll(() => alert(section).innerText()).toContain('The expression is empty');
      await write(section, 'Expression', 'man');
      await expect.poll(() => alert(section).count()).toBe(0);
    });
  });

  it('lie along a direction, both ends in one list', async () => {
    await onSection('fp-embedding-section', async (section, page) => {
      await section.getByRole('radio', { name: 'Direction' }).click();
      await write(section, 'From', 'boy');
      await write(section, 'to', 'girl');
      const marked = section.locator('fp-score-bars li.marked .token');
      await expect.poll(() => marked.allInnerTexts()).toEqual(['·girl', '·boy']);
      await section.getByRole('radio', { name: 'Projection' }).click();
      await expect.poll(async () => (await asked(page, 'tokenDirection')).at(-1).measure).toBe('dot'); // prettier-ignore
      await page.waitForTimeout(400);
      const amounts = (await section.locator('fp-score-bars .amount').allInnerTexts()).map((text) =>
        Number(text.replace('−', '-')),
      );
      expect(amounts).toHaveLength(26);
      expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
      await write(section, 'to', 'boy');
      await expect.poll(() => alert(section).innerText()).toContain('the same vector');
    });
  });

  it('are drawn as a map, which is a table and a file too', async () => {
    await onSection('fp-embedding-section', async (section, page) => {
      await section.getByRole('radio', { name: 'Map' }).click();
      await write(section, 'Words of the map', 'king, queen "Paris" 464');
      const map = section.getByRole('img', { name: /^Map of 4 tokens: ·king at / });
      await map.waitFor();
      expect(await map.locator('circle').count()).toBe(4);
      await section.getByRole('button', { name: 'Add ·queen' }).waitFor({ state: 'detached' });
      await page.locator('fp-token-section .item').nth(1).click();
      expect(await section.getByRole('button', { name: 'Add' }).count()).toBe(0); // it is there
      await page.locator('fp-token-section .item').nth(2).click();
      await section.getByRole('button', { name: 'Add ·and' }).click();
      await section.getByRole('img', { name: /^Map of 5 tokens/ }).waitFor();

      await page.evaluate(() => window.harness.exportAs('svg'));
      await section.getByRole('button', { name: 'Export Embeddings' }).click();
      await page.waitForFunction(() => window.exported !== undefined);
      const { name, content } = await page.evaluate(() => window.exported);
      expect(name).toBe('token-map');
      expect(content).toMatch(
        /^(<\?xml[^>]*>\s*)?<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/,
      );
      expect(content).not.toMatch(/<!--|class=|style=|var\(/);
      expect(content.match(/<circle/g)).toHaveLength(5);

      await section.getByLabel('Embeddings as a table').click();
      expect(await section.locator('tbody tr').count()).toBe(5);
      await section.getByLabel('Embeddings as a table').click();
      await write(section, 'Words of the map', 'king');
      await expect
        .poll(() => alert(section).innerText())
        .toContain('at least two different tokens');
    });
  });
});

describe('the model page', () => {
  const total = (section) => section.locator('fp-parameter-bar .all .number').first().innerText();
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-page-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts the loaded model, and every known one, tied and untied', async () => {
    await onSection('fp-model-section', async (section, page) => {
      const sum = await section.locator('fp-parameter-bar li:not(.all) .number:not(.muted)').allInnerTexts(); // prettier-ignore
      const number = (text) => Number(text.replaceAll(',', ''));
      expect(sum.map(number).reduce((a, b) => a + b)).toBe(number(await total(section)));
      await expect.poll(() => section.locator('dd').last().innerText()).toMatch(/^[0-9a-f]{64}$/);
      await section.getByLabel('Model to show').selectOption('GPT-3 175B');
      await expect.poll(() => total(section)).toBe('174,604,259,328');
      const rows = async () => (await section.locator('fp-parameter-bar li').allInnerTexts()).join('\n').replace(/\s+/g, ' '); // prettier-ignore
      expect(await rows()).toContain('embedding 617,558,016');
      expect(await rows()).not.toContain('unembedding');
      await section.getByLabel('As if untied').check();
      await expect.poll(() => total(section)).toBe('175,221,817,344');
      expect(await rows()).toContain('unembedding 617,558,016');
      await page.evaluate(() => window.harness.exportAs('svg'));
      await section.getByRole('button', { name: 'Export Model' }).click();
      await page.waitForFunction(() => window.exported !== undefined);
      const { name, content } = await page.evaluate(() => window.exported);
      expect(name).toBe('model-GPT-3-175B');
      expect(content).toContain('>617,558,016</text>');
      expect(await section.locator('.source').innerText()).toContain('Brown et al. 2020');
    });
  });

  it('reads any config.json, and says what is wrong with one', async () => {
    const config = { model_type: 'gpt2', n_layer: 2, n_head: 2, n_embd: 4, n_positions: 8, vocab_size: 10 }; // prettier-ignore
    writeFileSync(join(folder, 'good.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ model_type: 'mamba' }));
    await onSection('fp-model-section', async (section, page) => {
      const before = await total(section);
      const open = async (path) => {
        await page.evaluate((chosen) => window.harness.openAs(chosen), path);
        await section.getByRole('button', { name: 'Open config.json…' }).click();
      };
      await open(null);
      expect(await total(section)).toBe(before);
      await open(join(folder, 'good.json'));
      // 10 × 4 + 8 × 4 + 2 × (12 × 4 × 4 + 13 × 4) + 2 × 4
      await expect.poll(() => total(section)).toBe('568');
      const alert = section.getByRole('alert');
      await open(join(folder, 'bad.json'));
      await expect.poll(() => alert.innerText()).toContain('family "mamba" is not supported');
      await alert.getByText('Back to the loaded model').click();
      await expect.poll(() => total(section)).toBe(before);
      await section.getByLabel('Model as a table').click();
      expect(await section.locator('tbody tr').last().innerText()).toMatch(/^all/);
    });
  });
});

it('no section scrolls sideways', async () => {
  for (const name of ['neuron', 'embedding', 'model']) {
    await onSection(`fp-${name}-section`, async (section, page) => {
      await page.waitForTimeout(800);
      if (name === 'neuron') await section.locator('fp-neuron-row button').first().click();
      for (const width of [250, 340, 819, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        await expect.poll(() => overflow(section), `${name} at ${width}`).toBe(0);
      }
    });
  }
}, 60_000);
