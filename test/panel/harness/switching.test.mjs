// Another model for the text on show: what was chosen for the last one must fit, or say why it does not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { familyModels } from '../../fixtures/familyModels';
import { randomCheckpoint } from '../../fixtures/randomCheckpoint';
import { launchPanel } from './page.mjs';

let panel;
const root = mkdtempSync(join(tmpdir(), 'forward-pass-switching-'));
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(async () => {
  await panel?.close();
  rmSync(root, { recursive: true });
});

/** A smaller model, with a vocabulary of another kind: SentencePiece-style, begun with `<s>`. */
function otherModel() {
  const made = new URL('../../golden/tokenizer/families/llama2.json', import.meta.url);
  const { tokenizer, config } = JSON.parse(readFileSync(made, 'utf8'));
  const ids = [...Object.values(tokenizer.model.vocab), ...tokenizer.added_tokens.map(({ id }) => id)]; // prettier-ignore
  const folder = randomCheckpoint(
    join(root, 'other'),
    {
      ...familyModels.llama,
      num_hidden_layers: 2,
      num_attention_heads: 3,
      num_key_value_heads: 1,
      vocab_size: Math.max(...ids) + 1,
      bos_token_id: 1,
    },
    5,
    0.4,
  );
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return folder;
}

/** A model is loaded, and questions are answered one after the other. */
const eventually = (look) => expect.poll(look, { timeout: 20_000 });

const live = 'The cat sat on the mat.';

it('the choices of one model are kept, and never taken for those of another', async () => {
  const first = randomCheckpoint(join(root, 'first'), familyModels.neox, 3, 0.4);
  const other = otherModel();
  const page = await panel.open({ live, model: first });
  page.setDefaultTimeout(10_000);
  const section = (name) => page.locator(`fp-${name}-section`);
  const unfold = async (name) => {
    const fold = section(name).locator('.fold');
    if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
  };
  const header = page.locator('fp-header .model');
  await eventually(() => header.innerText()).toContain('first · 3 layers × 4 heads');
  for (const name of ['attribution', 'what-if', 'compare', 'patching', 'neuron'])
    await unfold(name);

  // The last head, a token from the list, a head switched off, a text to compare and one to patch with.
  const attention = section('attention');
  for (let i = 0; i < 2; i++) await attention.getByRole('button', { name: 'Next layer' }).click();
  for (let i = 0; i < 3; i++) await attention.getByRole('button', { name: 'Next head' }).click();
  const target = section('attribution').locator('fp-token-field').first();
  await target.getByRole('combobox').press('ArrowDown');
  await target.getByRole('combobox').press('Enter');
  await eventually(() => target.locator('.meant').innerText()).toMatch(/id \d+/);
  const meant = await target.locator('.meant').innerText();
  const word = meant.split(' · id')[0];
  await section('what-if').getByRole('button', { name: 'Off', exact: true }).click();
  await section('compare').locator('textarea').fill('The dog sat on the mat.');
  await section('compare').locator('vscode-button').click();
  await section('compare').locator('fp-comparison-view').waitFor();
  await section('patching').locator('textarea').fill('A cat sat on the mat.');
  await section('patching').locator('textarea').blur();

  await page.useModel(other);
  await eventually(() => header.innerText()).toContain('other · 2 layers × 3 heads');
  await eventually(() => attention.locator('[slot=aside]').innerText()).toBe('L1H2');
  await eventually(() => section('what-if').getByRole('alert').innerText()).toMatch(/no layer 2|layers? 0 to 1/i); // prettier-ignore
  // The same text in the other vocabulary, or the sentence that it is none; never the same id.
  await eventually(() => target.locator('.meant').innerText()).toMatch(/ · id \d+|but one is needed/); // prettier-ignore
  const now = await target.locator('.meant').innerText();
  if (now.includes('· id')) expect(now.split(' · id')[0]).toBe(word);
  await section('compare').locator('fp-comparison-view').waitFor();
  expect(await section('patching').locator('textarea').inputValue()).toBe('A cat sat on the mat.');
  // Its tokens begin with a mark for the space before a word, which the text does not have.
  await section('compare').getByText('Begin from the inspected text').click();
  expect(await section('compare').locator('textarea').inputValue()).toBe(live);

  await page.useModel(first);
  await eventually(() => header.innerText()).toContain('first · 3 layers × 4 heads');
  await eventually(() => attention.locator('[slot=aside]').innerText()).toBe('L2H3');
  await eventually(() => target.locator('.meant').innerText()).toBe(meant);
  await eventually(() => section('what-if').getByRole('alert').count()).toBe(0);
  expect(page.complaints).toEqual([]);
  await page.context().close();
});
