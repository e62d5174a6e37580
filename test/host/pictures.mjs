// npm run pictures: takes the README's picture anew, in the real workbench with the bundled model.
import { join } from 'node:path';
import { repository, sampleFolder } from './paths.mjs';
import { openWorkbench } from './workbench.mjs';

const workbench = await openWorkbench({
  developing: repository,
  folder: sampleFolder,
  theme: 'dark',
  width: 1960,
  height: 900,
  settings: { 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false },
});
try {
  await workbench.openFile('sample.md');
  await workbench.closeSideBar();
  await workbench.run('Forward Pass: Open Panel in Editor Tab');
  await workbench.select({ line: 1, column: 1 }, { line: 1, column: 138 });
  await workbench.run('Forward Pass: Inspect Selection');
  const panel = await workbench.webview('fp-token-flow .item');
  await panel.locator('fp-heat-map canvas').waitFor();
  await panel.locator('fp-distribution-bars li').nth(9).waitFor();
  const missing = panel.getByRole('gridcell', { name: /not there yet/ });
  await missing.first().waitFor({ state: 'detached' });
  await workbench.clearNotifications();
  console.log(await workbench.screenshot(join(repository, 'docs/screenshot.png')));
} finally {
  await workbench.close();
}
