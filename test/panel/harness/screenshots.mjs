// Pictures of the panel for the eye: node test/panel/harness/screenshots.mjs FOLDER [fixture…]
import { mkdir } from 'node:fs/promises';
import { launchPanel } from './page.mjs';

const [folder = 'dist/screenshots', ...wanted] = process.argv.slice(2);
const fixtures = ['sentence', 'code', 'scripts', 'long', 'one', 'error', 'busy', 'empty'];
const widths = (process.env.WIDTHS ?? '260,420,1400').split(',').map(Number);
const themes = (process.env.THEMES ?? 'dark,light,hcDark,hcLight').split(',');

await mkdir(folder, { recursive: true });
const panel = await launchPanel();
for (const fixture of wanted.length > 0 ? wanted : fixtures) {
  for (const theme of themes) {
    for (const width of widths) {
      const page = await panel.open({ fixture, theme, width, height: 800, ratio: 2 });
      await page.screenshot({ path: `${folder}/${fixture}-${theme}-${width}.png`, fullPage: true });
      for (const complaint of page.complaints) {
        console.error(`${fixture} ${theme} ${width}: ${complaint}`);
      }
      await page.context().close();
    }
  }
}
await panel.close();
