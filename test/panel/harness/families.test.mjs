// Models of other families than GPT-2, answered by a real engine: every section has an answer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { familyModels } from '../../fixtures/familyModels';
import { randomCheckpoint } from '../../fixtures/randomCheckpoint';
import { launchPanel } from './page.mjs';

let panel;
const root = mkdtempSync(join(tmpdir(), 'forward-pass-families-'));
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(async () => {
  await panel?.close();
  rmSync(root, { recursive: true });
});

const live = 'The cat sat on the mat, and the cat sat on the hat.';
const sections = [
  'token',
  'next-token',
  'embedding',
  'model',
  'heads',
  'attention',
  'lens',
  'attribution',
  'neuron',
  'what-if',
  'patching',
];

/** Everything that a section shows, whatever it is made of. */
const textOf = (section) =>
  section.evaluate((element) => {
    const read = (node) =>
      [node.textContent, ...[...node.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot && read(shadowRoot))].join(' '); // prettier-ignore
    return read(element.shadowRoot);
  });

describe.each(Object.entries(familyModels))('a model of %s', (name, config) => {
  it('is shown by every section, without layer, bias or position that it does not have', async () => {
    const model = randomCheckpoint(join(root, name), config, 3, 0.4);
    const page = await panel.open({ live, model });
    page.setDefaultTimeout(10_000);
    await page.locator('fp-token-flow .item').first().waitFor();
    for (const tag of sections) {
      const section = page.locator(`fp-${tag}-section`);
      const fold = section.locator('.fold');
      if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
      await expect.poll(() => textOf(section), tag).not.toMatch(/…\s*$|Counting…|Taking the logit/);
      expect(await textOf(section), tag).not.toMatch(/NaN|Infinity|undefined/);
      expect(await section.getByRole('alert').count(), tag).toBe(0);
    }

    const modelPage = page.locator('fp-model-section');
    await expect.poll(() => modelPage.locator('.fidelity').innerText()).toMatch(/^Checked against transformers [\d.]+: logits within \d×10⁻⁵|⁶/); // prettier-ignore
    const facts = (await modelPage.locator('dl').innerText()).replace(/\s+/g, ' ');
    const said = {
      llama: ['2 per layer, each for 3 heads', '40 per layer, gated', 'RMSNorm', 'rotary, base 10,000'], // prettier-ignore
      gemma2: ['5 tokens in 2 of 4 layers', 'scores ±3, logits ±6', '× 4.9', 'what attention and MLP write'], // prettier-ignore
      neox: ['Residual parallel', '4 of 8 features', 'layer norm'],
    };
    for (const words of said[name]) expect(facts).toContain(words);

    const attribution = page.locator('fp-attribution-section');
    await expect.poll(() => attribution.locator('.sum').innerText()).toContain('error');
    while (await attribution.getByText('Show more').count()) {
      await attribution.getByText('Show more').click();
    }
    const bars = await textOf(attribution);
    expect(bars).not.toContain('position embedding');
    expect(bars.includes('attn bias')).toBe(name === 'neox');
    expect(bars.includes('before the cap:')).toBe(name === 'gemma2');
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });
});

/** A model is loaded, and layers are asked for one after the other. */
const eventually = (look) => expect.poll(look, { timeout: 20_000 });

it('a map tells what lies outside the window of a layer from what is not looked at', async () => {
  const model = randomCheckpoint(join(root, 'gemma2'), familyModels.gemma2, 3, 0.4);
  const page = await panel.open({ live, model });
  page.setDefaultTimeout(10_000);
  const section = page.locator('fp-attention-section');
  const legend = section.locator('.future');
  await eventually(() => legend.innerText()).toBe('future and beyond the window of 5 tokens, not visible'); // prettier-ignore
  const map = section.locator('fp-heat-map canvas');
  const readout = section.locator('fp-cell-readout p');
  await eventually(() => readout.innerText()).toMatch(/\d\.\d{3}$/);
  await map.focus();
  await map.press('Home');
  await eventually(() => readout.innerText()).toContain('outside the window');
  await map.press('End');
  await eventually(() => readout.innerText()).toMatch(/\d\.\d{3}$/);

  await section.getByText('Hide first token').click();
  expect(await legend.innerText()).toBe('future, first token and beyond the window of 5 tokens, not shown'); // prettier-ignore
  await section.getByText('Hide first token').click();
  // Rollout follows what went through other layers too, and the next layer sees everything.
  await section.getByText('Rollout').click();
  await eventually(() => legend.innerText()).toBe('future, not visible');
  await section.getByText('Mean', { exact: true }).click();
  await eventually(() => legend.innerText()).toContain('beyond the window');
  await section.getByRole('button', { name: 'Next layer' }).click();
  await eventually(() => legend.innerText()).toBe('future, not visible');
  expect(page.complaints).toEqual([]);
  await page.context().close();
});
