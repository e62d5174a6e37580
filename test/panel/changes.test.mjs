/* global getComputedStyle */
// A document compared with Git HEAD in the real workbench: the diff editor with its notes, and the panel.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { useWorkbench } from './fixture.mjs';

const opened = useWorkbench({ width: 1500, height: 820 });

beforeAll(() => {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', [...identity, ...args], { cwd: opened.folder });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'as it was');
  const file = join(opened.folder, 'sample.md');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('natural satellite', 'artificial satellite'));
});

test('shows each change’s bits in the diff editor, and what it did in the panel', async () => {
  const { workbench } = opened;
  const { page } = workbench;
  await workbench.openFile('sample.md');
  await workbench.run('Forward Pass: Compare Document with Git HEAD');
  await page.getByRole('tab', { name: /sample\.md \(HEAD ↔ now\)/ }).waitFor();
  const panel = await workbench.webview('fp-signed-bars li');
  const section = panel.locator('fp-changes-section');
  await section.getByText('1 change').waitFor();
  const difference = await section.locator('fp-signed-bars .amount').innerText();

  // The first line is long, and wrapped: the note is in the empty one below it, in full.
  const modified = page.locator('.editor.modified');
  const notes = () =>
    modified
      .locator('.view-line span')
      .evaluateAll((spans) =>
        spans
          .map((span) => getComputedStyle(span, '::after').content)
          .filter((content) => content.includes('bits')),
      );
  await expect.poll(notes).toHaveLength(1);
  expect((await notes())[0]).toContain(`${difference} bits (`);

  await section.getByRole('button', { name: '1', exact: true }).click();
  const flows = section.locator('fp-token-flow');
  await flows.nth(1).waitFor();
  await flows.nth(1).getByText('·artificial').click();
  await page.locator('.statusbar-item', { hasText: '(11 selected)' }).waitFor();
  await workbench.screenshot('changes');
});

test('ends when it is closed in the panel', async () => {
  const { workbench } = opened;
  const panel = await workbench.webview('fp-changes-section');
  const section = panel.locator('fp-changes-section');
  await section.getByRole('button', { name: 'Close' }).click();
  await section.locator('fp-section').waitFor({ state: 'detached' });
  const tab = workbench.page.getByRole('tab', { name: /HEAD ↔ now/ });
  await tab.waitFor({ state: 'detached' });
});
