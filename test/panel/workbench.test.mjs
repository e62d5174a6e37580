import { expect, test } from 'vitest';
import { useWorkbench } from './fixture.mjs';

const opened = useWorkbench();

test('the activity bar has a place for Forward Pass', async () => {
  const { workbench } = opened;
  await workbench.activity('Forward Pass').waitFor();
  expect(await workbench.activity('Forward Pass').count()).toBe(1);
});

test('its view opens and the panel says something', async () => {
  const { workbench } = opened;
  await workbench.openView('Forward Pass');
  const panel = await workbench.webview();
  expect(await panel.locator('body').ariaSnapshot()).toContain('Inspect Selection');
});
