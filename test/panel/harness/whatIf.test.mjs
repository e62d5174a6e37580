/* global window */
// "What if" and patching in a browser of their own, answered by a real engine and the bundled model.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, launchPanel } from './page.mjs';

const live = 'When Mary and John went to the store, John gave a drink to';
const last = 13;

let panel;
beforeAll(async () => (panel = await launchPanel()), 60_000);
afterAll(() => panel?.close());

/** Runs `check` on a fresh page with one section open; nothing may have been complained of. */
async function inSection(tag, options, check) {
  const page = await panel.open({ live, ...options });
  try {
    const section = page.locator(tag);
    await section.locator('.fold').click();
    await check(page, section);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

/** Everything comes from an engine, on a machine that may be busy. */
const eventually = (read) => expect.poll(read, { timeout: 20_000 });

describe('What if', () => {
  const whatIf = (check, options) => inSection('fp-what-if-section', options, check);
  const add = (section, name) =>
    section.locator('fp-edit-adders').getByRole('button', { name, exact: true }).click();
  const amounts = (section) => section.locator('fp-compared-bars li .amount').allInnerTexts();

  it('asks for nothing until something is changed', async () => {
    await whatIf(async (page, section) => {
      expect(await section.locator('.hint').innerText()).toMatch(/Change a part of the model/);
      expect(await asked(page, 'intervene')).toEqual([]);
    });
  });

  it('shows both distributions, and says what is changed', async () => {
    await whatIf(async (page, section) => {
      await add(section, 'MLP off');
      await eventually(() => section.locator('.note').innerText()).toMatch(/Not the model's own/);
      const note = await section.locator('.note').innerText();
      expect(note).toMatch(/with L0 MLP changed\. Blocks 0 to 5 were run again\..*KL/s);
      expect(await section.locator('fp-compared-bars li').count()).toBeGreaterThan(6);
      expect(await asked(page, 'intervene')).toEqual([
        expect.objectContaining({
          edits: [{ kind: 'ablateMlp', layer: 0, by: 'zero' }],
          position: last,
        }),
      ]);
      await eventually(() => section.locator('.along p').first().innerText()).toMatch(
        /^All tokens together: \+\d+\.\d\d bits of surprisal\.$/,
      );
      await section.getByText('Clear', { exact: true }).click();
      expect(await section.locator('.note').count()).toBe(0);
      expect(await section.locator('.fold .aside').innerText()).toMatch(/nothing changed|^$/);
    });
  });

  it('follows a factor while it is turned, by keyboard', async () => {
    await whatIf(async (page, section) => {
      await add(section, 'Scale');
      await eventually(() => section.locator('.note').count()).toBe(1);
      const before = await amounts(section);
      const slider = section.getByRole('slider', { name: 'Factor of L0H0 × 2.00, slider' });
      await slider.focus();
      await page.keyboard.press('Home');
      await eventually(async () => (await asked(page, 'intervene')).at(-1).edits[0].factor).toBe(
        -3,
      );
      await eventually(() => amounts(section)).not.toEqual(before);
    });
  });

  it('steers between two words, and refuses what is no token in one sentence', async () => {
    await whatIf(async (page, section) => {
      await section.getByLabel('Steer away from').fill('sad');
      await section.getByLabel('Steer towards').fill('frobnicate');
      await page.keyboard.press('Enter');
      const failure = section.getByRole('alert');
      await eventually(() => failure.innerText()).toMatch(/"frobnicate" is 4 tokens/);
      // Numbers of other edits do not stand below these.
      expect(await section.locator('fp-compared-bars').count()).toBe(0);
      await section.getByRole('button', { name: /^Remove L0 residPre/ }).click();
      await section.getByLabel('Steer towards').fill('happy');
      await page.keyboard.press('Enter');
      await eventually(() => section.locator('.note').innerText()).toMatch(/L0 residPre/);
      const chip = section.locator('fp-edit-list li');
      expect(await chip.getAttribute('title')).toMatch(/direction is [\d.]+ long; residPre there/);
    });
  });

  it('goes to a token that is chosen along the text', async () => {
    await whatIf(async (page, section) => {
      await add(section, 'Uniform');
      const map = section.getByRole('application', { name: /KL divergence/ });
      await map.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await eventually(async () => (await asked(page, 'intervene')).at(-1).position).toBe(0);
    });
  });

  it('is read as a table', async () => {
    await whatIf(async (_, section) => {
      await add(section, 'Off');
      await eventually(() => section.locator('.note').count()).toBe(1);
      await section.getByRole('button', { name: 'What if as a table' }).click();
      const table = section.locator('fp-data-table');
      await eventually(() => table.locator('tbody tr').count()).toBeGreaterThan(9);
      expect(await table.locator('thead').innerText()).toMatch(/own probability\s+changed/);
    });
  });

  it('says what failed, keeps its chips, and tries again', async () => {
    await whatIf(async (page, section) => {
      await page.evaluate(() => window.harness.fail('intervene', 'The engine stopped.'));
      await add(section, 'Mean');
      await eventually(() => section.getByRole('alert').innerText()).toMatch(/The engine stopped/);
      expect(await section.locator('fp-edit-list li').count()).toBe(1);
      await page.evaluate(() => window.harness.fail(null));
      await section.getByText('Try again').click();
      await eventually(() => section.locator('.note').count()).toBe(1);
    });
  });
});

describe('Patching', () => {
  const patching = (check, options) => inSection('fp-patching-section', options, check);
  const pair = async (section) => {
    await section.getByLabel(/^Corrupted text/).fill(live.replace('Mary', 'Anna'));
    for (const [i, word] of ['Mary', 'Anna'].entries()) {
      const field = section.locator('fp-token-field input').nth(i);
      await field.fill(word);
      await field.press('Enter');
    }
  };
  const start = (section) => section.getByText('Start', { exact: true }).click();
  const readout = (section) => section.locator('fp-cell-map .readout').innerText();

  it('fills the map, tells a cell in words, and goes where a cell is chosen', async () => {
    await patching(async (page, section) => {
      await pair(section);
      await start(section);
      const map = section.getByRole('application', { name: /^Share of the logit difference/ });
      await map.focus();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await eventually(() => readout(section)).toMatch(/^L0 at\s+·Mary\s+\(1\): restores 100\.0%/);
      expect(await section.locator('.baseline').innerText()).toMatch(/differs in\s+1 of 14 tokens/);
      await page.keyboard.press('Enter');
      await eventually(async () => (await asked(page, 'select')).at(-1)?.position).toBe(1);
      expect(await section.getByText('Start', { exact: true }).count()).toBe(0);
      await section.getByRole('button', { name: 'Patching as a table' }).click();
      expect(await section.locator('tbody tr').count()).toBe(6 * 14);
    });
  });

  it('chooses a head from the map of heads', async () => {
    await patching(async (page, section) => {
      await pair(section);
      await section.getByRole('radio', { name: 'heads' }).click();
      await start(section);
      await eventually(() => readout(section)).toMatch(/L0H0: restores/);
      await section.getByRole('application', { name: /heads across/ }).focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => window.harness.saved())).toMatchObject({
        layer: 1,
        head: 1,
      });
    });
  });

  it('puts a word in the place of the current token', async () => {
    await patching(async (page, section) => {
      await section.getByLabel('Put').fill('for');
      await section.getByText('Replace').click();
      const text = section.getByLabel(/^Corrupted text/);
      await eventually(() => text.inputValue()).toBe(live.replace(/to$/, 'for'));
      await section.getByText('Back to the inspected text').click();
      await eventually(() => text.inputValue()).toBe(live);
    });
  });

  it('says what is wrong with the texts', async () => {
    await patching(async (_, section) => {
      await start(section);
      const failure = section.locator('fp-patching-view').getByRole('alert');
      await eventually(() => failure.innerText()).toMatch(/two texts are the same: change a word/);
      await section.getByLabel(/^Corrupted text/).fill(live.replace('Mary', 'Frobnicate'));
      await start(section);
      await eventually(() => failure.innerText()).toMatch(
        /14 tokens and the corrupted one 16: from token 1 on, 1 \(·Mary\) against 3/,
      );
    });
  });

  it('stops, and goes on with what is missing', async () => {
    await patching(
      async (page, section) => {
        await pair(section);
        await start(section);
        await eventually(async () => (await asked(page, 'patch')).length).toBeGreaterThan(2);
        await section.getByText('Stop', { exact: true }).click();
        const goOn = section.getByText('Go On', { exact: true });
        await eventually(() => goOn.count()).toBe(1);
        expect(await section.locator('.baseline').innerText()).toMatch(/Stopped at [\d.]+%/);
        const before = (await asked(page, 'patch')).length;
        expect(before).toBeLessThan(12);
        await goOn.click();
        await eventually(() => goOn.count()).toBe(0);
        await eventually(() => section.getByText('Stop', { exact: true }).count()).toBe(0);
        const cells = new Set(
          (await asked(page, 'patch')).map(({ layer, from }) => `${layer} ${from}`),
        );
        expect(cells.size).toBe(12); // six layers: what lies before the difference, and the rest
        expect(await readout(section)).toMatch(/restores/);
      },
      { delay: 400 },
    );
  });

  it('keeps what has come when the engine stops', async () => {
    await patching(
      async (page, section) => {
        await pair(section);
        await start(section);
        await eventually(async () => (await asked(page, 'patch')).length).toBeGreaterThan(3);
        await page.evaluate(() => window.harness.fail('patch', 'The engine stopped unexpectedly.'));
        const view = section.locator('fp-patching-view');
        await eventually(() => view.getByRole('alert').innerText()).toMatch(/stopped unexpectedly/);
        const map = section.getByRole('application', { name: /^Share of/ });
        await map.focus();
        await page.keyboard.press('PageDown');
        await eventually(() => readout(section)).toMatch(/^L5 at .*restores/);
        await page.evaluate(() => window.harness.fail(null));
        await view.getByText('Go on').click();
        await page.keyboard.press('Tab');
        await map.focus();
        await page.keyboard.press('PageUp');
        await eventually(() => readout(section)).toMatch(/^L0 at .*restores/);
      },
      { delay: 400 },
    );
  });
});
